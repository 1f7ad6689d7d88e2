#!/bin/sh
# Starts dist/bin/<own name>.js with Node. A launcher in sh, because V8 takes the size of its young generation only on
# the command line: with 1 MiB an idle daemon needs half the private memory, and `env -S` is missing from busybox.
# exec keeps the process id. TSVD_NOFILE is the limit that programs should start with, which Node raises for itself.
# SIGUSR1 opens Node's debugger, on a port of this machine that everybody can connect to; tsvd listens to the signal from its first
# line on. Before that the debugger would open at an address that no machine has and nobody can reach (0.0.0.1), so it does not;
# and before Node, SIGUSR1 is ignored. The option --disable-sigusr1 is not known to Node 20.
trap '' USR1
self=$(readlink -f "$0") || exit 127
TSVD_NOFILE=$(ulimit -Sn)
export TSVD_NOFILE
# What an upgrade in place starts again.
TSVD_COMMAND=$0
export TSVD_COMMAND

# TSV_NODE names the Node to run with. Else the one on the PATH; where that leads to none, as under cron, one beside the
# command (npm's global folder, nvm, the npm package `node`) or beside the installation, or in a usual place.
node=${TSV_NODE:-$(command -v node)}
if [ -z "$node" ]; then
  for place in "${0%/*}/node" "${self%/lib/node_modules/*}/bin/node" /usr/local/bin/node /usr/bin/node /opt/homebrew/bin/node; do
    [ -x "$place" ] && node=$place && break
  done
fi
if ! command -v "$node" >/dev/null; then
  where=${TSV_NODE:-"neither on the PATH ($PATH) nor beside the installation ($self)"}
  echo "${0##*/}: cannot find Node.js: $where; name it with TSV_NODE=/path/to/node" >&2
  exit 127
fi
[ -n "$TSV_NODE" ] && TSVD_NODE=$TSV_NODE && export TSVD_NODE
unset TSV_NODE

# What Node reads is meant for the programs: it is put aside under another name, and given to them again by tsvd
# (bin/environment.ts). docs/environment.md has the table. Certificates (NODE_EXTRA_CA_CERTS, …) hold for both.
for name in NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_DEBUG_NATIVE NODE_V8_COVERAGE NODE_REDIRECT_WARNINGS \
  NODE_PENDING_DEPRECATION NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN NODE_TLS_REJECT_UNAUTHORIZED \
  NODE_REPL_EXTERNAL_MODULE NODE_ICU_DATA NODE_COMPILE_CACHE NODE_TEST_CONTEXT NODE_UNIQUE_ID \
  UV_THREADPOOL_SIZE UV_USE_IO_URING OPENSSL_CONF OPENSSL_MODULES; do
  eval "isSet=\${$name+yes}"
  [ -n "$isSet" ] || continue
  eval "TSV_HELD_$name=\$$name"
  export "TSV_HELD_$name"
  unset "$name"
done

exec "$node" --max-semi-space-size=1 --no-warnings --inspect-port=0.0.0.1:1024 "${self%/*}/bin/${self##*/}.js" "$@"

#!/bin/sh
# Starts dist/bin/<own name>.js with Node. A launcher in sh, because V8 takes the size of its young generation only on
# the command line: with 1 MiB an idle daemon needs half the private memory, and `env -S` is missing from busybox.
# exec keeps the process id. TSVD_NOFILE is the limit that programs should start with, which Node raises for itself.
# TSV_NODE names the Node to run with where the PATH does not lead to it, as in a service.
self=$(readlink -f "$0") || exit 127
TSVD_NOFILE=$(ulimit -Sn)
export TSVD_NOFILE
node=${TSV_NODE:-node}
unset TSV_NODE
exec "$node" --max-semi-space-size=1 --no-warnings "${self%/*}/bin/${self##*/}.js" "$@"

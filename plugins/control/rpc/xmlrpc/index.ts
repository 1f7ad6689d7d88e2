export { parseCall, parseResponse, type XmlRpcCall } from './parse.ts';
export { printCall, printFault, printResponse } from './print.ts';
export { isStruct, XmlRpcSyntaxError, type XmlRpcStruct, type XmlRpcValue } from './value.ts';

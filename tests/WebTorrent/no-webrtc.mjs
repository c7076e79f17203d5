// Node has no WebRTC, and the library that adds it is native code that is not built here: in its place come classes that do nothing.
import { register } from "node:module";

const names = ["RTCPeerConnection", "RTCSessionDescription", "RTCIceCandidate"];
const nothing = names.map((name) => `export class ${name} {}`).join("") + "export default {};";
const hooks = `export function resolve(specifier, context, next) {
  return specifier === "webrtc-polyfill"
    ? { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(nothing)}`)}, shortCircuit: true }
    : next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

// The Playground would listen on every address of the machine; whoever reaches it can be anybody in the demo.
const net = require("node:net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  const called = rest.filter((argument) => typeof argument === "function");
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, ...called);
};

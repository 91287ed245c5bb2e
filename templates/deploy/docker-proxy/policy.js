// What Sayso may have the engine make. Every field is named here, in the letters the engine uses: one that is not, or
// not so, is refused. What is handed on is what was read, written anew: nothing said twice or hidden gets through.

const OURS = /^sayso[/-][a-z0-9][a-z0-9_.\/-]*(:[a-zA-Z0-9_.-]+)?$/;
const IMAGE_ID = /^sha256:[a-f0-9]{64}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const PERSON = /^[1-9][0-9]*(:[1-9][0-9]*)?$/;

const any = () => true;
const empty = (value) => value === undefined || value === null || Object.keys(value).length === 0;
const off = (value) => !value;
const one = (...allowed) => (value) => allowed.includes(value);
const list = (check) => (value) => Array.isArray(value) && value.every(check);
const like = (pattern) => (value) => typeof value === 'string' && pattern.test(value);

function fields(known) {
  return (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
    && Object.keys(value).every((key) => Object.prototype.hasOwnProperty.call(known, key) && known[key](value[key]));
}

const mount = fields({
  Type: one('volume'), Source: like(NAME), Target: like(/^\/[A-Za-z0-9_.\/-]+$/), ReadOnly: any,
  VolumeOptions: fields({ NoCopy: any, Labels: any }),
});

const host = fields({
  NetworkMode: (value) => value === 'none' || (like(NAME)(value) && value !== 'host' && value !== 'default' && value !== 'bridge'),
  Mounts: list(mount), Tmpfs: fields({ '/tmp': any }), ShmSize: any, ReadonlyRootfs: one(true), Privileged: off,
  CapDrop: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'ALL',
  CapAdd: list(one('CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER')),
  SecurityOpt: (value) => Array.isArray(value) && value.length === 2 && value[0] === 'no-new-privileges' && /^seccomp=\{/.test(value[1]),
  Init: any, PidsLimit: (value) => value > 0, Memory: (value) => value > 0, MemorySwap: any, NanoCpus: (value) => value > 0,
  OomScoreAdj: (value) => value >= 0, Ulimits: any, LogConfig: fields({ Type: one('json-file'), Config: any }),
  RestartPolicy: any, AutoRemove: any, PublishAllPorts: off, PortBindings: empty, Devices: empty, IpcMode: one('private'),
  PidMode: one(''), UTSMode: one(''), Sysctls: fields({ 'net.ipv4.ip_unprivileged_port_start': any }), Dns: any, DnsOptions: any,
  ExtraHosts: list(like(/^[A-Za-z0-9._-]+:[0-9A-Fa-f.:]+$/)),
  Runtime: like(/^[a-z0-9_.-]+$/), StorageOpt: any, CgroupParent: one(''),
});

const shape = fields({
  Image: (value) => like(OURS)(value) || like(IMAGE_ID)(value), User: any, WorkingDir: any, Env: any, Labels: any, Hostname: any, Tty: any, OpenStdin: any,
  Healthcheck: any, StopSignal: any, StopTimeout: any, HostConfig: host, Cmd: any, Entrypoint: any, ExposedPorts: any,
  NetworkingConfig: any,
});
const NEEDED = ['NetworkMode', 'ReadonlyRootfs', 'CapDrop', 'SecurityOpt', 'PidsLimit', 'Memory', 'NanoCpus', 'IpcMode'];

function container(asked) {
  if (!shape(asked) || !asked.HostConfig || !NEEDED.every((key) => asked.HostConfig[key] !== undefined)) return false;
  const given = asked.HostConfig.CapAdd || [];
  if (given.length === 0) return like(PERSON)(asked.User);
  // Sayso's own commands, which count what volumes hold and put packages in order: they reach nobody.
  return asked.HostConfig.NetworkMode === 'none';
}

const volume = fields({
  Name: like(NAME), Driver: one('local'), Labels: any,
  // Memory with a size: never a folder or a device of the host.
  DriverOpts: (value) => empty(value) || fields({ type: one('tmpfs'), device: one('tmpfs'), o: like(/^[a-z0-9_=,]+$/) })(value)
    && !/bind/.test(value.o || ''),
});

const network = fields({
  Name: like(NAME), Driver: one('bridge'), CheckDuplicate: any, Internal: any, Attachable: off, EnableIPv6: off, IPAM: any,
  Options: (value) => empty(value) || Object.keys(value).every((key) => key.startsWith('com.docker.network.bridge.')), Labels: any,
});

const command = fields({
  Cmd: any, User: like(PERSON), WorkingDir: any, Env: any, Tty: any, Container: any, Privileged: off, detachKeys: any,
  AttachStdin: any, AttachStdout: any, AttachStderr: any, ConsoleSize: any,
});

function allowed(uri, asked) {
  if (uri.endsWith('/containers/create')) return container(asked);
  if (uri.endsWith('/volumes/create')) return volume(asked);
  if (uri.endsWith('/networks/create')) return network(asked);
  return command(asked) && asked.User !== undefined;
}

function judge(r) {
  let asked;
  try {
    asked = JSON.parse(r.requestText);
  } catch (error) {
    r.return(403);
    return;
  }
  if (!allowed(r.uri, asked)) {
    r.return(403);
    return;
  }
  const body = JSON.stringify(asked);
  r.subrequest('/engine' + r.uri, { method: 'POST', args: r.variables.args || '', body }, (reply) => {
    r.headersOut['Content-Type'] = reply.headersOut['Content-Type'] || 'application/json';
    r.return(reply.status, reply.responseText);
  });
}

export default { judge };

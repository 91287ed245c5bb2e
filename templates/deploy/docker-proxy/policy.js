// What Sayso may have the engine make. Every field is named here, in the letters the engine uses: one that is not, or
// not so, is refused. What is handed on is what was read, written anew: nothing said twice or hidden gets through.
// What exists already is Sayso's where the engine says that it carries Sayso's label; all else is somebody else's.

import fs from 'fs';

const OURS = /^sayso[/-][a-z0-9][a-z0-9_.\/-]*(:[a-zA-Z0-9_.-]+)?$/;
const IMAGE_ID = /^sha256:[a-f0-9]{64}$/;
// On what Sayso makes; on the router of compose.yaml, which is led into the apps' networks and not touched otherwise.
const LABEL = 'sayso.instance';
const ROUTER = 'sayso.router';
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const PERSON = /^([1-9][0-9]{4,9}):10001$/;

const any = () => true;
const empty = (value) => value === undefined || value === null || Object.keys(value).length === 0;
const off = (value) => !value;
const one = (...allowed) => (value) => allowed.includes(value);
const list = (check) => (value) => Array.isArray(value) && value.every(check);
const like = (pattern) => (value) => typeof value === 'string' && pattern.test(value);

// Sayso's own programs, an app, or an app where the engine has few users: see preview_runtime/containers/docker/users.py.
function person(value) {
  const found = typeof value === 'string' && value.match(PERSON);
  if (!found) return false;
  const user = Number(found[1]);
  return user === 10001 || (user >= 1879048192 && user < 2147352576) || (user >= 20000 && user < 60000);
}

function fields(known) {
  return (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
    && Object.keys(value).every((key) => Object.prototype.hasOwnProperty.call(known, key) && known[key](value[key]));
}

// A volume without a name holds the names of a container's users, and goes with it.
const mount = (value) => named(value) && (value.Source !== undefined || value.Target === '/etc/sayso');
const named = fields({
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
  NetworkingConfig: fields({ EndpointsConfig: any }),
});
const NEEDED = ['NetworkMode', 'ReadonlyRootfs', 'CapDrop', 'SecurityOpt', 'PidsLimit', 'Memory', 'NanoCpus', 'IpcMode'];

function container(asked, seccomp) {
  if (!shape(asked) || !asked.HostConfig || !NEEDED.every((key) => asked.HostConfig[key] !== undefined)) return false;
  // In the one network that is looked at below, and no other.
  const only = {};
  only[asked.HostConfig.NetworkMode] = fields({ IPAMConfig: fields({ IPv4Address: like(/^[0-9.]+$/) }) });
  if (asked.NetworkingConfig && !empty(asked.NetworkingConfig.EndpointsConfig)
    && !fields(only)(asked.NetworkingConfig.EndpointsConfig)) return false;
  const profile = asked.HostConfig.SecurityOpt[1].slice('seccomp='.length);
  if (JSON.stringify(JSON.parse(profile)) !== JSON.stringify(JSON.parse(seccomp))) return false;
  const given = asked.HostConfig.CapAdd || [];
  if (given.length === 0) return person(asked.User);
  // Sayso's own commands, which count what volumes hold and put packages in order: they reach nobody.
  return asked.HostConfig.NetworkMode === 'none';
}

const volume = fields({
  Name: like(NAME), Driver: one('local'), Labels: any,
  // Memory with a size: never a folder or a device of the host.
  DriverOpts: (value) => empty(value) || fields({ type: one('tmpfs'), device: one('tmpfs'), o: like(/^[a-z0-9_=,]+$/) })(value)
    && !/bind/.test(value.o || ''),
});

// Of Sayso's own pool, so that none stands in the way of the host's; on a bridge of its own, that leads where it says.
const network = fields({
  Name: like(NAME), Driver: one('bridge'), CheckDuplicate: any, Internal: any, Attachable: off, EnableIPv6: off, Labels: any,
  IPAM: fields({
    Driver: one('default'),
    Config: list(fields({ Subnet: like(/^10\.213\.[0-9.]+\/[0-9]+$/), Gateway: like(/^10\.213\.[0-9.]+$/) })),
  }),
  Options: fields({
    'com.docker.network.bridge.enable_icc': one('true', 'false'),
    'com.docker.network.bridge.enable_ip_masquerade': one('true', 'false'),
    'com.docker.network.bridge.gateway_mode_ipv4': one('isolated'),
  }),
});

const command = fields({
  Cmd: any, User: person, WorkingDir: any, Env: any, Tty: any, Container: any, Privileged: off, detachKeys: any,
  AttachStdin: any, AttachStdout: any, AttachStderr: any, ConsoleSize: any,
});

const connection = fields({ Container: like(NAME) });

// Calls `then` with whether each of `asked`, such as `networks/x`, carries one of `labels`. What is not there is for
// the engine to say. With callbacks: njs 0.7 ends with its process where an async function waits for a subrequest.
function carry(r, asked, labels, then) {
  if (asked.length === 0) {
    then(true);
    return;
  }
  const isContainer = asked[0].startsWith('containers/');
  const path = '/engine/' + asked[0] + (isContainer ? '/json' : '');
  r.subrequest(path, { method: 'GET', body: '' }, (reply) => {
    let found = reply.status === 404;
    if (reply.status === 200) {
      const told = JSON.parse(reply.responseText);
      const said = (isContainer ? told.Config.Labels : told.Labels) || {};
      found = labels.some((label) => Boolean(said[label]));
    }
    if (found) carry(r, asked.slice(1), labels, then);
    else then(false);
  });
}

// What has to be Sayso's for what is asked; null where that is refused in any case.
function needed(r, asked) {
  const uri = r.uri;
  const about = r.variables.about;
  if (uri.endsWith('/containers/create')) {
    if (!container(asked, fs.readFileSync(r.variables.seccomp).toString())) return null;
    const used = (asked.HostConfig.Mounts || []).filter((one) => one.Source !== undefined).map((one) => 'volumes/' + one.Source);
    const joined = asked.HostConfig.NetworkMode;
    return joined === 'none' ? used : used.concat('networks/' + joined);
  }
  if (uri.endsWith('/volumes/create')) return !volume(asked) ? null : asked.Name ? ['volumes/' + asked.Name] : [];
  if (uri.endsWith('/networks/create')) return network(asked) && asked.Name && asked.IPAM ? [] : null;
  if (uri.endsWith('/connect')) return connection(asked) && asked.Container ? [about] : null;
  return command(asked) && asked.User !== undefined ? [about] : null;
}

function judge(r) {
  let asked = null;
  let of = null;
  try {
    asked = JSON.parse(r.requestText);
    of = needed(r, asked);
  } catch (error) {
    of = null;
  }
  if (of === null) {
    r.return(403);
    return;
  }
  const led = r.uri.endsWith('/connect') ? ['containers/' + asked.Container] : [];
  carry(r, of, [LABEL], (ours) => carry(r, ours ? led : [], [LABEL, ROUTER], (fit) => {
    if (!ours || !fit) {
      r.return(403);
      return;
    }
    const body = JSON.stringify(asked);
    r.subrequest('/engine' + r.uri, { method: 'POST', args: r.variables.args || '', body }, (reply) => {
      r.headersOut['Content-Type'] = reply.headersOut['Content-Type'] || 'application/json';
      r.return(reply.status, reply.responseText);
    });
  }));
}

// Answers 204 where what the header names is Sayso's.
function labels(r) {
  carry(r, [r.headersIn.About], [LABEL], (ours) => r.return(ours ? 204 : 403));
}

export default { judge, labels };

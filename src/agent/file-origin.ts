import { basename } from 'node:path';
import { cutServiceName } from '../logs/service-name.ts';
import type { ReadOptions } from './ports.ts';
import type { EntryOrigin } from './reading/event-entries.ts';

/** What the path of a file says of its lines. */
interface PathOrigin {
  readonly service: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Kubelet's links: `/var/log/containers/POD_NAMESPACE_CONTAINER-ID.log`. */
const CONTAINERS = /\/containers\/([^/_]+)_([^/_]+)_([^/]+)-[0-9a-f]{64}\.log/;
/** What they lead to: `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log`. */
const PODS = /\/pods\/([^/_]+)_([^/_]+)_[^/]+\/([^/]+)\/\d+\.log/;
/** Docker's own: `/var/lib/docker/containers/ID/ID-json.log`. */
const DOCKER = /\/containers\/([0-9a-f]{12})[0-9a-f]{52}\/[0-9a-f]{64}-json\.log/;

/**
 * Whose the entries of a file are: `service`, if somebody has named one, else the container that wrote it, else the
 * name of the file; with the tag `file`, and those of a container: `container`, `pod`, `namespace`.
 */
export function fileOrigin({ service, host, tags }: ReadOptions, path: string): EntryOrigin {
  const said = originOfPath(path);
  return { service: service ?? said.service, host, tags: { file: path, ...said.tags, ...tags } };
}

function originOfPath(path: string): PathOrigin {
  const [, pod, namespace, container] = CONTAINERS.exec(path) ?? [];
  if (pod !== undefined) return originOfPod({ pod, namespace, container });
  const [, namespaceOfPod, podOfPod, containerOfPod] = PODS.exec(path) ?? [];
  if (podOfPod !== undefined)
    return originOfPod({ pod: podOfPod, namespace: namespaceOfPod, container: containerOfPod });
  const [, id] = DOCKER.exec(path) ?? [];
  if (id !== undefined) return { service: id, tags: { container_id: id } };
  return { service: serviceOfPath(path), tags: {} };
}

function originOfPod({
  pod,
  namespace = '',
  container = '',
}: {
  readonly pod: string;
  readonly namespace: string | undefined;
  readonly container: string | undefined;
}): PathOrigin {
  return { service: container, tags: { container, namespace, pod } };
}

/** `/var/log/nginx/access.log` is `access`, and so is `access-20261105.log.gz`: what it is called as long as it is written to. */
function serviceOfPath(path: string): string {
  const [stem = ''] = basename(path).split('.');
  const name = cutServiceName(stem.replace(/[-_]\d[\dT:_-]*$/, '').toWellFormed());
  return name === '' ? 'files' : name;
}

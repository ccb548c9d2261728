import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { memberAt } from '../members.ts';
import type { Origin } from '../origin.ts';
import type { Rejection } from '../rejection.ts';
import { cutServiceName, serviceOfMessage } from '../service-name.ts';

/**
 * The label of a monitored resource that names what a person would call the service. Labels that change with
 * every instance (a pod's, a virtual machine's) are not here: each value would become a service of its own.
 */
const NAMING_LABEL: ReadonlyMap<unknown, string> = new Map([
  ['api', 'service'],
  ['audited_resource', 'service'],
  ['cloud_composer_environment', 'environment_name'],
  ['cloud_function', 'function_name'],
  ['cloud_run_job', 'job_name'],
  ['cloud_run_revision', 'service_name'],
  ['cloud_run_worker_pool', 'worker_pool_name'],
  ['cloud_scheduler_job', 'job_id'],
  ['cloud_tasks_queue', 'queue_id'],
  ['cloudsql_database', 'database_id'],
  ['consumed_api', 'service'],
  ['dataflow_step', 'job_name'],
  ['gae_app', 'module_id'],
  ['generic_task', 'job'],
  ['produced_api', 'service'],
  ['workflows.googleapis.com/Workflow', 'workflow_id'],
]);

/**
 * Labels that Kubernetes users give their pods, as Cloud Logging writes them: with underscores for the dots
 * of a name. They say what a workload is; a container is often called `server`, and a side car is in every
 * pod.
 */
const POD_LABELS = [
  'k8s-pod/app_kubernetes_io/name',
  'k8s-pod/app.kubernetes.io/name',
  'k8s-pod/app',
  'k8s-pod/k8s-app',
  'app.kubernetes.io/name',
];

/**
 * The service that a LogEntry comes from: the first that says something of the naming label of its resource
 * (of a load balancer of any kind, its URL map), a label of its pod, what the application calls itself, its
 * container, the API that an audit log is about, the id of its log, the type of its resource; cut to what the
 * column holds. The tags keep all of them in full.
 */
export function serviceOf(entry: JsonObject, origin: Origin): string | Rejection {
  const labels = objectIn(entry, 'labels');
  const resource = objectIn(entry, 'resource');
  const resourceLabels = objectIn(resource, 'labels');
  const jsonPayload = objectIn(entry, 'jsonPayload');
  const { logName } = entry;
  const candidates = [
    resourceLabels[NAMING_LABEL.get(resource['type']) ?? 'url_map_name'],
    ...POD_LABELS.map((label) => labels[label] ?? resourceLabels[label]),
    memberAt(jsonPayload, 'serviceContext.service'),
    memberAt(labels, 'service.name'),
    memberAt(resourceLabels, 'service.name'),
    memberAt(jsonPayload, 'service.name'),
    resourceLabels['container_name'],
    objectIn(entry, 'protoPayload')['serviceName'],
    typeof logName === 'string' ? logId(logName) : undefined,
    resource['type'],
  ];
  for (const candidate of candidates) {
    const name = typeof candidate === 'string' ? cutServiceName(candidate) : '';
    // What is malformed is in the tags or the payload too, which refuse it.
    if (name !== '') return name;
  }
  return serviceOfMessage(origin);
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/**
 * The log id of `projects/…/logs/LOG_ID` (or folders, organizations, billingAccounts), where it stands
 * URL-encoded.
 */
function logId(logName: string): string {
  const marker = '/logs/';
  const at = logName.indexOf(marker);
  const encoded = at === -1 ? logName : logName.slice(at + marker.length);
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

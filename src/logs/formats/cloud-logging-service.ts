import { isJsonObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { reject } from '../rejection.ts';
import type { Rejection } from '../rejection.ts';
import { cutServiceName } from '../service-name.ts';

/**
 * The label of a monitored resource that names what a person would call the service. Labels that change with every instance
 * (a pod's, a virtual machine's) are not here: each value would become a service of its own.
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
  ['container', 'container_name'],
  ['dataflow_step', 'job_name'],
  ['gae_app', 'module_id'],
  ['generic_task', 'job'],
  ['http_load_balancer', 'url_map_name'],
  ['k8s_container', 'container_name'],
  ['produced_api', 'service'],
  ['workflows.googleapis.com/Workflow', 'workflow_id'],
]);

/**
 * The service that a LogEntry comes from: the naming label of its resource, else the id of its log, else the type of its
 * resource, whichever is the first to say something; cut to what the column holds. The tags keep all three in
 * full, and are checked to be well-formed: so the name is too.
 */
export function serviceOf(entry: JsonObject): string | Rejection {
  const { logName } = entry;
  const resource = isJsonObject(entry['resource']) ? entry['resource'] : {};
  return (
    nameFrom(namingLabel(resource)) ||
    nameFrom(typeof logName === 'string' ? logId(logName) : undefined) ||
    nameFrom(resource['type']) ||
    reject('missing_field', 'The LogEntry names no service: it should have a resource or a logName.')
  );
}

function nameFrom(value: unknown): string {
  return typeof value === 'string' ? cutServiceName(value) : '';
}

function namingLabel(resource: JsonObject): unknown {
  const label = NAMING_LABEL.get(resource['type']);
  const { labels } = resource;
  return label !== undefined && isJsonObject(labels) ? labels[label] : undefined;
}

/** The log id of `projects/…/logs/LOG_ID` (or folders, organizations, billingAccounts), where it stands URL-encoded. */
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

import type { FormatName } from '../../../src/agent/formats/format.ts';

/** A line as a program writes it, and the format that it is of. */
export interface Sample {
  readonly format: FormatName;
  readonly line: string;
}

/** Lines of each format, of several programs. */
export const SAMPLES: readonly Sample[] = Object.entries({
  access: [
    '23.59.50.157 - annstewart [18/Jul/2000 02:12:31 +0000] "POST /photos/90 HTTP/1.0" 500 97',
    '::1 - - [05/Nov/2026:13:45:00 +0100] "GET /api/user?id=7 HTTP/1.1" 200 -',
    'www.example.com:443 198.51.100.7 - - [05/Nov/2026:13:45:00 +0000] "GET / HTTP/2.0" 304 0 "https://example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"',
    '198.51.100.7 - - [05/Nov/2026:13:45:00 +0000] "GET /x HTTP/1.1" 200 612 "-" "curl/8.5.0" 0.005',
  ],
  csv: ['"10.0.0.1","-","apache",1549574332,"GET /api/user HTTP/1.0",200,1234'],
  'nginx-error': [
    '2026/11/05 13:45:00 [error] 1234#5678: *90 open() "/x" failed (2: No such file or directory), client: 10.0.0.1, server: example.com, request: "GET /x HTTP/1.1", host: "example.com"',
    '2026/11/05 13:45:00 [notice] 1#1: signal process started',
  ],
  'apache-error': [
    '[Thu Nov 05 13:45:00.123456 2026] [core:error] [pid 1234:tid 140093] [client 10.0.0.1:4711] AH00124: Request exceeded the limit',
    '[Thu Nov 05 13:45:00 2026] [error] [client 10.0.0.1] File does not exist: /var/www/favicon.ico',
  ],
  syslog: [
    '<165>1 2026-11-05T13:45:00.003Z web1 checkout 1234 ID47 [origin@32473 ip="10.0.0.1"] stored',
    '<34>Nov  5 13:45:00 mymachine su: failed for lonvick',
    'Nov  5 13:45:00 web1 CRON[1234]: (root) CMD (true)',
    '2026-11-05T13:45:00.123456+01:00 web1 systemd[1]: Started x',
  ],
  json: [
    '{"level":50,"time":1793886300123,"pid":7,"name":"checkout","msg":"lost"}',
    '{"service_name":"alpha","payload":"hello","severity":"info","timestamp":"2026-11-05T13:45:00Z"}',
    '{"ts":"2026-11-05T13:45:00Z","lvl":"err","text":"lost"}',
  ],
  logfmt: ['time=2026-11-05T13:45:00Z level=info msg="order stored" items=3 retried'],
  text: [
    '2026-11-05 13:45:00,678 [main] ERROR com.x.Y - lost',
    'I1105 13:45:00.123456    1234 main.go:12] started',
    'hello world',
  ],
} satisfies Record<FormatName, string[]>).flatMap(([format, lines]) =>
  lines.map((line) => ({ format: format as FormatName, line })),
);

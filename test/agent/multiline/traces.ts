/** What a program prints as it fails, as one event. */
export const TRACES: readonly { readonly what: string; readonly text: string }[] = [
  {
    what: 'Java, with causes',
    text: `Exception in thread "main" java.lang.IllegalStateException: order 7 is lost
	at com.example.Orders.store(Orders.java:22)
	at com.example.Main.main(Main.java:6)
	Suppressed: java.io.IOException: close
		at com.example.Orders.close(Orders.java:31)
Caused by: java.sql.SQLException: no connection
	at com.example.Db.open(Db.java:7)
	... 12 more
Caused by: java.net.ConnectException
	... 14 common frames omitted`,
  },
  {
    what: 'Java, below the line of a logger',
    text: `2026-11-05 13:45:01.123 ERROR 1 --- [main] o.a.c.c.C : Servlet.service() threw exception

javax.servlet.ServletException: Circular view path [/error]
	at org.example.View.render(View.java:210) ~[spring-webmvc-5.1.10.jar:5.1.10]
	at org.example.Servlet.doGet(Servlet.java:7)
Caused by: java.lang.NullPointerException: null
	at org.example.X.y(X.java:1)`,
  },
  {
    what: 'Python',
    text: `Traceback (most recent call last):
  File "/app/main.py", line 7, in <module>
    store(order)
    ~~~~~^^^^^^^
  File "/app/orders.py", line 22, in store
    raise OrderLost("7")
orders.OrderLost: 7`,
  },
  {
    what: 'Python, with a cause',
    text: `Traceback (most recent call last):
  File "/app/main.py", line 7, in store
    db.open()
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
    store()
KeyboardInterrupt`,
  },
  {
    what: 'Python, below the line of a logger',
    text: `2026-11-05 13:45:01,123 - orders - ERROR - could not store
Traceback (most recent call last):
  File "/app/main.py", line 7, in store
    db.open()
ValueError: 7

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 9, in store
    undo()
KeyError: 'x'`,
  },
  {
    what: 'Node, caught',
    text: `Error: connect ECONNREFUSED 127.0.0.1:3306
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16) {
  errno: -111,
  code: 'ECONNREFUSED',
  [cause]: TypeError: x
      at Object.<anonymous> (/app/x.js:1:7)
}`,
  },
  {
    what: 'Node, not caught',
    text: `/app/index.js:12
    throw new TypeError('lost');
    ^

TypeError: lost
    at Object.<anonymous> (/app/index.js:12:11)
    at node:internal/main/run_main_module:36:49

Node.js v24.11.0`,
  },
  {
    what: 'Go',
    text: `panic: runtime error: index out of range [7] with length 3

goroutine 1 [running]:
main.(*Store).put(0xc000012345, {0x0, 0x0})
	/app/store.go:22 +0x1d
main.main()
	/app/main.go:7 +0x85
created by main.start in goroutine 4
	/app/main.go:3 +0x12
exit status 2`,
  },
  {
    what: 'Go, with a signal',
    text: `panic: runtime error: invalid memory address or nil pointer dereference [recovered]
	panic: again
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f]

goroutine 34 [running]:
net/http.(*conn).serve(0xc0001, {0x7f, 0xc0002})
	/usr/local/go/src/net/http/server.go:1801 +0x147`,
  },
  {
    what: '.NET',
    text: `Unhandled exception. System.InvalidOperationException: order 7 is lost
 ---> System.IO.IOException: disk full
   at Orders.Write(String path) in /app/Orders.cs:line 22
   --- End of inner exception stack trace ---
   at Orders.Store(Order order) in /app/Orders.cs:line 31
--- End of stack trace from previous location ---
   at Program.Main() in /app/Program.cs:line 7`,
  },
  {
    what: 'Ruby',
    text: `orders.rb:22:in 'Orders#store': order 7 is lost (OrderLost)
	from orders.rb:31:in 'Array#each'
	from main.rb:7:in '<main>'`,
  },
];

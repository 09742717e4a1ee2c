"""Writes so many megabytes of nginx combined log with request times; the same bytes on every run."""
import random
import sys

random.seed(20101222)
limit = int(sys.argv[1]) * 1_000_000
agents = ["Mozilla/5.0 (X11; Linux x86_64) Firefox/%d.0" % n for n in range(90, 140)]
paths = ["/", "/login", "/api/v1/items", "/static/app.js", "/static/site.css", "/search"]
clients = ["%d.%d.%d.%d" % tuple(random.randrange(1, 255) for _ in range(4)) for _ in range(40_000)]
written, second = 0, 0
out = sys.stdout
while written < limit:
    second += 1
    clock = "22/Dec/2010:%02d:%02d:%02d +0000" % (second // 3600 % 24, second // 60 % 60, second % 60)
    lines = []
    for _ in range(60):
        path = random.choice(paths)
        if random.random() < 0.5:
            path += "/%d" % random.randrange(100_000)
        lines.append('%s - - [%s] "GET %s HTTP/1.1" %d %d "-" "%s" %.3f\n' % (
            random.choice(clients), clock, path,
            random.choices((200, 304, 404, 500), (90, 6, 3, 1))[0],
            random.randrange(200, 90_000), random.choice(agents), random.expovariate(8)))
    text = "".join(lines)
    written += len(text)
    out.write(text)

"""A group robot's server on this machine: it keeps what it is sent and answers as told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OK = (200, b'{"errcode":0,"errmsg":"ok"}')


@dataclass
class Robot:
    """`answers` are given one after the other, the last one for ever; a number among them is seconds of silence."""

    place: str = ""
    answers: list[tuple[int, bytes] | float] = field(default_factory=lambda: [OK])
    received: list[tuple[str, str, bytes]] = field(default_factory=list)  # target, content type, body

    @property
    def wecom(self) -> str:
        return f"http://{self.place}/cgi-bin/webhook/send?key=secret-1234"

    @property
    def dingtalk(self) -> str:
        return f"http://{self.place}/robot/send?access_token=secret-1234"

    @property
    def texts(self) -> list[str]:
        return [json.loads(body)["text"]["content"] for _, _, body in self.received]


@contextmanager
def listening() -> Iterator[Robot]:
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            robot.received.append((self.path, self.headers["Content-Type"], body))
            answer = robot.answers.pop(0) if len(robot.answers) > 1 else robot.answers[0]
            if isinstance(answer, float):
                time.sleep(answer)
                return
            status, content = answer
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"http://{robot.place}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    robot.place = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield robot
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

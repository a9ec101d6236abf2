"""The page itself, in Chromium, against simulated instances (whose agent shows one colour): its words, its headers, its manners."""

import urllib.error
import urllib.request

import pytest
from harness import viewer, wait
from harness.browser import BrowserError

pytestmark = pytest.mark.browser

SOON = {"Delay": 1, "MaxAttempts": 60}


@pytest.fixture
def protocol():
    """The page does not depend on the API's protocol."""
    return "json"


@pytest.fixture
def running(aws, fleet, stack):
    """The name of a running fleet and its stack."""
    aws.associate_fleet(FleetName=fleet, StackName=stack)
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    return fleet


def url(aws, name, user="ann"):
    return aws.create_streaming_url(StackName=name, FleetName=name, UserId=user, Validity=600)["StreamingURL"]


def test_a_session_of_a_simulated_instance(aws, running, page):
    page.goto(url(aws, running))
    page.wait_state("connected")
    # The worker has painted by now; its canvas has the picture's size in this thread with the browser's next picture.
    large = "() => { const { width, height } = millraceScreen.size(); return width >= 320 && height >= 200; }"
    wait.until(lambda: page.evaluate(large), seconds=10, what="a picture")
    assert "signature" not in page.evaluate("() => location.href")
    session = aws.describe_sessions(StackName=running, FleetName=running)["Sessions"][0]
    assert session["ConnectionState"] == "CONNECTED"
    failures = [line for line in page.said() if line.startswith("error")]
    assert failures == []


def test_nothing_of_the_ticket_stays_in_the_page(aws, running, page):
    address = url(aws, running)
    parameters, signature = viewer.ticket(address)
    page.goto(address)
    page.wait_state("connected")
    stores = page.evaluate("() => JSON.stringify([location.href, document.title, {...localStorage}, {...sessionStorage}, document.cookie, history.state])")
    assert parameters not in stores and signature not in stores


def test_the_toolbar_by_keyboard_alone_in_german(aws, running, browser):
    """In the dark, on the smallest window that it is made for."""
    page = browser.open(width=1024, height=768, locale="de-DE", colorScheme="dark")
    page.goto(url(aws, running))
    page.wait_state("connected")
    page.call("keyboard.press", "Control+Alt+Shift+m")
    focused = "() => document.activeElement.textContent"
    assert page.evaluate(focused) == "Anwendungen"
    bar = page.evaluate("() => { const { left, right } = document.querySelector('#bar').getBoundingClientRect(); return [left, right]; }")
    assert bar[0] >= 0 and bar[1] <= 1024, bar
    # What the stack allows and the server cannot do is said, not hidden.
    while page.evaluate(focused) != "Mehr":
        page.call("keyboard.press", "Tab")
    page.call("keyboard.press", "Enter")
    said = page.evaluate("() => document.querySelector('#more-menu').innerText")
    assert "noch nicht" in said and "Dateien hochladen" in said and "Auf Ihrem Drucker drucken" in said, said
    page.screenshot("toolbar-german-dark")
    # The menu first, then the bar.
    page.call("keyboard.press", "Escape")
    page.call("keyboard.press", "Escape")
    assert page.evaluate("() => document.activeElement.id") == "keyboard"
    page.call("keyboard.press", "Control+Alt+Shift+i")
    wait.until(lambda: "Bilder je Sekunde" in page.evaluate("() => figures.innerText"), seconds=5, what="figures")
    page.screenshot("figures-german-dark")
    page.call("keyboard.press", "Control+Alt+Shift+a")
    wait.until(lambda: page.evaluate("() => document.querySelector('#catalogue').checkVisibility()"), seconds=5, what="the catalogue")
    page.screenshot("catalogue-german-dark")
    page.close()


def figures(server, **headers):
    """Status and text of /metrics."""
    request = urllib.request.Request(f"{server.endpoint}/metrics", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_figures_for_prometheus_name_nobody(aws, running, page, server):
    page.goto(url(aws, running, user="somebody-to-be-kept-secret"))
    page.wait_state("connected")
    page.call("keyboard.press", "a")
    session = aws.describe_sessions(StackName=running, FleetName=running)["Sessions"][0]

    def value(name):
        lines = figures(server)[1].splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))

    wait.until(lambda: value("millrace_stream_frames_total") >= 1, seconds=10, what="a frame to be counted", detail=lambda: figures(server))
    wait.until(lambda: value("millrace_stream_inputs_total") >= 2, seconds=10, what="the key to be counted")
    assert value("millrace_stream_viewers") >= 1
    assert value("millrace_stream_pixels_total") > 0 and value("millrace_stream_sent_bytes_total") > 0
    text = figures(server)[1]
    assert text.endswith("# EOF\n")
    for secret in (session["Id"], session["InstanceId"], "somebody-to-be-kept-secret", running):
        assert secret not in text
    # Behind a proxy of this host everybody seems to be of this host.
    assert figures(server, **{"X-Forwarded-For": "192.0.2.1"}) == (404, "")


PORTAL = "portal.example.org"


@pytest.fixture
def portal_stack(aws, unique):
    """A stack whose page may be embedded by the pages of PORTAL; a name of its own, for its fleet is the test's."""
    name = f"{unique}-portal"
    aws.create_stack(Name=name, EmbedHostDomains=[PORTAL])
    yield name
    aws.delete_stack(Name=name)


def embed(page, host, address):
    """A page of that host, made up by the browser, which shows `address` in a frame; gives what is in the frame."""
    html = f'<!doctype html><title>Portal</title><iframe src="{address}" width="900" height="600"></iframe>'
    answer = f"(route) => route.fulfill({{ contentType: 'text/html', body: {html!r} }})"
    page.call("route", f"https://{host}/**", {"function": answer})
    page.goto(f"https://{host}/")
    frame = page.call("frameLocator", "iframe")
    body = page.browser.call(frame["handle"], "locator", "body")["handle"]

    def state():
        try:
            return page.browser.call(body, "getAttribute", "data-state", {"timeout": 500})
        except BrowserError:
            return None

    return state


def frame_address(page):
    return page.browser.call(None, "frameAddress", page.handle)


def test_only_the_stack_s_domains_embed_the_page(aws, fleet, portal_stack, browser):
    aws.associate_fleet(FleetName=fleet, StackName=portal_stack)
    aws.start_fleet(Name=fleet)
    aws.get_waiter("fleet_started").wait(Names=[fleet], WaiterConfig=SOON)
    try:
        assert "StackErrors" not in (stack := aws.describe_stacks(Names=[portal_stack])["Stacks"][0]) or not stack["StackErrors"]
        address = aws.create_streaming_url(StackName=portal_stack, FleetName=fleet, UserId="ann", Validity=600)["StreamingURL"]
        # A page of the internet that shows one of this machine needs its user's leave, besides ours.
        stranger, page = (browser.open(permissions=["local-network-access"]) for _ in range(2))
        strange_state = embed(stranger, "evil.example.org", address)
        state = embed(page, PORTAL, address)
        wait.until(lambda: state() == "connected", seconds=20, what="the session in the frame", detail=lambda: (frame_address(page), page.said()))
        # A reload of the frame itself, whose address has the stack's token and nothing of the ticket.
        assert "?stack=" in frame_address(page) and "signature" not in frame_address(page), frame_address(page)
        assert strange_state() is None, "the other page, which came first, shows nothing"
        stranger.close()
        page.browser.call(None, "reloadFrame", page.handle)
        # This browser keeps nothing for frames of other sites, so that the session is lost to it; but the page is not refused.
        wait.until(lambda: state() == "refused", seconds=20, what="the page after a reload of the frame", detail=page.said)
        page.close()
    finally:
        aws.stop_fleet(Name=fleet)
        aws.get_waiter("fleet_stopped").wait(Names=[fleet], WaiterConfig=SOON)
        aws.disassociate_fleet(FleetName=fleet, StackName=portal_stack)


def test_the_page_without_a_ticket(server, page):
    page.goto(f"{server.endpoint}/authenticate")
    page.wait_state("refused", "ended", "opening")
    assert "No session to open" in page.words(), page.words()
    page.screenshot("no-link")


def test_the_fleet_stops_before_the_page_opens(aws, running, page):
    late = url(aws, running)
    aws.stop_fleet(Name=running)
    aws.get_waiter("fleet_stopped").wait(Names=[running], WaiterConfig=SOON)
    page.goto(late)
    page.wait_state("refused")
    assert "Not running right now" in page.words(), page.words()


def test_headers_that_protect_the_page(server, aws, running):
    with urllib.request.urlopen(url(aws, running)) as answer:
        head = {name.lower(): value for name, value in answer.headers.items()}
    policy = head["content-security-policy"]
    assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy, policy
    assert head["referrer-policy"] == "no-referrer"
    assert head["x-content-type-options"] == "nosniff"
    assert "no-store" in head.get("cache-control", ""), "the page's address holds a ticket"


def test_another_origin_gets_no_stream(server, aws, running):
    """A page elsewhere cannot use a user's browser: the WebSocket's Origin is checked, and so is that of admission."""
    address = url(aws, running)
    request = urllib.request.Request(
        f"{server.endpoint}/session/stream",
        headers={
            "Origin": "http://evil.example.org",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": "millrace.stream.v1",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code in (400, 403)
    assert viewer.admit(address)[-1]["state"] == "ready", "the ticket is still good"

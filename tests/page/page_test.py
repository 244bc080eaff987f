# SPDX-License-Identifier: Apache-2.0
"""The page of `c8d replay --html` in a real browser: by clicks, keys and pixels, wide and narrow, light and dark.

    page_test.py C8D HOSTILE LOGS SCRATCH

C8D is the command, HOSTILE the program that writes a page full of markup. Tells its cases in TAP. Pictures of what
it saw stay in SCRATCH.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

C8D, HOSTILE, LOGS, SCRATCH = sys.argv[1:5]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp()
        options = Options()
        options.binary_location = shutil.which("chromium")
        for flag in FLAGS + ["--user-data-dir=" + self.profile]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def screen(self, width, height, scheme):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def open(self, page, width=1280, height=800, scheme="light"):
        self.screen(width, height, scheme)
        self.driver.get_log("browser")
        self.driver.get("file://" + page)
        self.settle()

    def settle(self):
        """Waits until what was asked for has been drawn."""
        WebDriverWait(self.driver, 30).until(
            lambda driver: driver.execute_script("return document.documentElement.dataset.ready === 'yes' && !wanted"))

    def run(self, script):
        return self.driver.execute_script(script)

    def text(self, identity):
        return self.driver.find_element(By.ID, identity).text

    def click(self, identity):
        self.driver.find_element(By.ID, identity).click()
        self.settle()

    def keys(self, *keys, focus="names"):
        if focus:
            self.run("document.getElementById('%s').focus()" % focus)
        ActionChains(self.driver).send_keys(*keys).perform()
        self.settle()

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def picture(self, name):
        self.driver.save_screenshot(os.path.join(SCRATCH, name + ".png"))


def page_of(log, name=None):
    """The page of a log. What the command prints is not looked at here."""
    page = os.path.join(SCRATCH, (name or os.path.basename(log)) + ".html")
    done = subprocess.run([C8D, "replay", "--html", page, log], stdout=subprocess.DEVNULL, check=False)
    assert done.returncode in (0, 1), done.returncode
    return page


def stored(name):
    return page_of(os.path.join(LOGS, name + ".log"))


def told(log):
    done = subprocess.run([C8D, "replay", "--json", log], stdout=subprocess.PIPE, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def same(got, expected):
    assert got == expected, "%r instead of %r" % (got, expected)


def contains(text, part):
    assert part in text, "%r has no %r" % (text, part)


def press(browser, row, line):
    """Clicks where a row's bar is at a line."""
    browser.run("intoSight(placeOf.get(%d)); drawNow()" % row)
    x, y = browser.run(
        "const b = document.getElementById('bars').getBoundingClientRect();"
        "return [xOf(%f, b.width) - b.width / 2,"
        " (placeOf.get(%d) + 0.5) * view.row - document.getElementById('scroll').scrollTop - b.height / 2]" % (line, row))
    bars = browser.driver.find_element(By.ID, "bars")
    ActionChains(browser.driver).move_to_element_with_offset(bars, round(x), round(y)).click().perform()
    browser.settle()


def colour(browser, row, line):
    """The colour of a row's bar at a line, as a name of the style's."""
    return browser.run(
        "drawNow(); const bars = document.getElementById('bars'); const scale = bars.width / bars.clientWidth;"
        "const x = xOf(%f, bars.clientWidth); const y = (placeOf.get(%d) + 0.5) * view.row;"
        "const p = bars.getContext('2d').getImageData(x * scale, y * scale, 1, 1).data;"
        "const hex = '#' + [...p.slice(0, 3)].map((v) => v.toString(16).padStart(2, '0')).join('');"
        "return Object.keys(colours).find((name) => colours[name] === hex) || hex" % (line, row))


# ---- the cases


def case_nothing_is_complained_of_and_nothing_fetched(browser):
    for name in sorted(os.listdir(LOGS)):
        if not name.endswith(".log") or name == "containerd-0.2.log":
            continue
        browser.open(page_of(os.path.join(LOGS, name)))
        same(browser.complaints(), [])
        same(browser.run("return performance.getEntriesByType('resource').length"), 0)


def case_hostile_names_are_text(browser):
    page = os.path.join(SCRATCH, "hostile.html")
    with open(page, "wb") as out:
        subprocess.run([HOSTILE], stdout=out, check=True)
    browser.open(page)
    browser.keys(Keys.ARROW_DOWN, "n")
    browser.click("as-table")
    same(browser.complaints(), [])
    same(browser.run("return [typeof window.hacked, document.scripts.length, document.images.length]"), ["undefined", 2, 0])
    contains(browser.text("title"), "</script><script>window.hacked=1</script>")
    contains(browser.text("table-body"), "</script><script>")
    contains(browser.text("anomalies"), "<img src=x onerror=window.hacked=1>")


def case_a_hostile_file_name_and_line_are_text(browser):
    log = os.path.join(SCRATCH, "<img src=x onerror=hacked=1>&amp;.log")
    with open(os.path.join(LOGS, "healthy.log"), encoding="utf-8") as lines, open(log, "w", encoding="utf-8") as out:
        out.write(lines.read())
        out.write('2026-11-24 20:28:01 +0000 UTC shop /tasks/start {"container_id":"</script><script>hacked=1</script>","pid":1}\n')
    browser.open(page_of(log, "file-name"))
    same(browser.complaints(), [])
    same(browser.run("return [typeof window.hacked, document.images.length]"), ["undefined", 0])
    contains(browser.text("title"), "<img src=x onerror=hacked=1>&amp;.log")
    contains(browser.text("anomalies"), "malformed-line")


def case_the_state_at_the_end_is_that_of_the_runs(browser):
    for name in ("healthy", "mid-life", "restarts", "two-namespaces", "recording"):
        last = {}
        for line in told(os.path.join(LOGS, name + ".log")):
            if line["type"] == "run":
                last[(line["namespace"], line["container"], line["process"])] = line["state"]
        browser.open(stored(name))
        drawn = browser.run(
            "return rows.map((row) => [row.namespace, row.container, row.name, STATES[stateAt(row, LINES)]])")
        same({tuple(row[:3]): row[3] for row in drawn if row[3] is not None}, last)


def case_a_click_chooses_and_puts_the_cursor(browser):
    browser.open(stored("healthy"))
    press(browser, 0, 10)
    contains(browser.text("cursor-line"), "Line 10 of 39, 2026-11-24 20:27:59.976")
    contains(browser.text("cursor-states"), "shop/web")
    contains(browser.text("machine-title"), "process: shop/web")
    same(browser.run("return document.querySelector('.state.now').dataset.state"), "RUNNING")
    selected = browser.driver.find_element(By.CSS_SELECTOR, "#names [aria-selected=true]")
    same(selected.get_attribute("id"), browser.run("return document.getElementById('names').getAttribute('aria-activedescendant')"))
    contains(selected.get_attribute("aria-label"), "shop/web, run 2, deleted, code 137")


def case_the_bars_have_the_colours_of_the_states(browser):
    for scheme in ("light", "dark"):
        browser.open(stored("healthy"), scheme=scheme)
        browser.run("view.chosen = -1; view.cursor = 1; draw()")
        browser.settle()
        same(colour(browser, 0, 8.5), "running")
        same(colour(browser, 1, 10.5), "stopped")
        browser.picture("healthy-" + scheme)


def case_light_and_dark_follow_the_system(browser):
    page = stored("healthy")
    seen = []
    for scheme in ("light", "dark"):
        browser.open(page, scheme=scheme)
        seen.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
    same(seen, ["rgb(247, 248, 250)", "rgb(13, 17, 23)"])
    # While it is open, too: what is drawn follows.
    browser.screen(1280, 800, "light")
    WebDriverWait(browser.driver, 10).until(lambda _: browser.run("return colours.panel") == "#ffffff")


def case_keys_choose_move_and_zoom(browser):
    browser.open(stored("healthy"))
    browser.keys(Keys.HOME)
    contains(browser.text("machine-title"), "shop/web")
    browser.keys(Keys.ARROW_DOWN)
    contains(browser.text("machine-title"), "shop/web/check-1")
    browser.keys(Keys.ARROW_LEFT)
    contains(browser.text("cursor-line"), "Line 15 ")
    browser.keys(Keys.ARROW_LEFT)
    contains(browser.text("cursor-line"), "Line 7 ")
    contains(browser.text("cursor-events"), "EXITED: RUNNING \u2192 EXITED")
    WebDriverWait(browser.driver, 10).until(lambda _: "shop/web/check-1: stopped" in browser.run(
        "return document.getElementById('live').textContent"))
    browser.keys("+")
    span = browser.run("return view.to - view.from")
    assert 19 <= span <= 20, span
    browser.keys("0")
    same(browser.run("return [view.from, view.to]"), [0.5, 39.5])
    browser.keys(Keys.END)
    contains(browser.text("machine-title"), "shop/db")


def case_the_filter_takes_names_and_terms(browser):
    browser.open(stored("healthy"))
    browser.keys("/", focus=None)
    same(browser.run("return document.activeElement.id"), "filter")
    browser.keys("check", focus=None)
    same(browser.text("matches"), "2 of 7 processes")
    browser.keys(Keys.ESCAPE, focus=None)
    same(browser.text("matches"), "7 processes")
    browser.keys("code:137 web", focus="filter")
    same(browser.text("matches"), "2 of 7 processes")
    same([e.text for e in browser.driver.find_elements(By.CLASS_NAME, "name")], ["shop/web", "worker"])
    # A letter that is a key elsewhere is a letter here.
    same(browser.run("return document.getElementById('filter').value"), "code:137 web")


def case_anomalies_are_gone_through(browser):
    browser.open(stored("event-after-delete"))
    odd = [line for line in told(os.path.join(LOGS, "event-after-delete.log")) if line["type"] == "anomaly"]
    contains(browser.text("odd-title"), "(%d)" % len(odd))
    for line in odd:
        contains(browser.text("anomalies"), line["detail"])
    browser.keys("0")
    browser.run("moveCursor(1, false)")
    for line in sorted({line["line"] for line in odd}):
        browser.keys("n")
        contains(browser.text("cursor-line"), "Line %d " % line)
    browser.keys("p")
    browser.click("odd")
    assert browser.run("return shown.every((entry) => entry.row.odds.length > 0)")


def case_the_table_tells_the_same_runs(browser):
    log = os.path.join(LOGS, "restarts.log")
    runs = [line for line in told(log) if line["type"] == "run"]
    browser.open(page_of(log))
    browser.keys("t")
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "#table-body tr")
    same(len(rows), len(runs))
    for row, run in zip(rows, runs):
        cells = [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th, td")]
        same(cells[:3], [run["namespace"] + "/" + run["container"] + ("" if run["process"] == run["container"] else "/" + run["process"]),
                         str(run["incarnation"]), run["state"]])
        if run["exit_code"] is not None:
            same(cells[3], str(run["exit_code"]))
    browser.driver.find_element(By.XPATH, "//button[text()='Code']").click()
    same(browser.driver.find_element(By.CSS_SELECTOR, "th[aria-sort]").text, "Code")
    codes = [cell.text for cell in browser.driver.find_elements(By.CSS_SELECTOR, "#table-body td:nth-child(4)")]
    same(codes, sorted(codes, key=lambda code: -2 if code == "" else -1 if code == "unknown" else int(code)))
    browser.driver.find_element(By.CSS_SELECTOR, "#table-body button").click()
    assert browser.driver.find_element(By.ID, "timeline").is_displayed()


def case_a_gap_and_the_connection_are_drawn(browser):
    browser.open(stored("recording"))
    gaps = browser.run("return gaps.map((gap) => [gap.from, gap.to])")
    same(len(gaps), 1)
    assert gaps[0][0] < gaps[0][1] < 34, gaps
    browser.driver.find_element(By.CSS_SELECTOR, "[data-machine=connection]").click()
    same(browser.run("return document.querySelector('.state.now').dataset.state"), "UP")
    contains(browser.text("path"), "STREAM_ENDED: UP \u2192 REOPENING")


def case_times_that_run_back_are_said_to(browser):
    browser.open(stored("out-of-order-time"))
    contains(browser.text("summary"), "time runs back at 1 of them")
    browser.run("moveCursor(4, false)")
    browser.settle()
    contains(browser.text("cursor-line"), "earlier than a line before")


def case_the_path_is_highlighted_as_it_was_taken(browser):
    browser.open(stored("healthy"))
    press(browser, 0, 10)
    taken = browser.run("return document.querySelectorAll('.arrow.taken').length")
    later = browser.run("return document.querySelectorAll('.arrow.later').length")
    same([taken, later], [2, 2])
    same(browser.run("return [...document.querySelectorAll('.state.seen')].map((s) => s.dataset.state).sort()"),
         ["ABSENT", "CREATED", "RUNNING"])
    browser.driver.find_element(By.CSS_SELECTOR, "#path li:last-child button").click()
    browser.settle()
    same(browser.run("return document.querySelectorAll('.arrow.later').length"), 0)


def case_every_state_has_a_place_of_its_own(browser):
    browser.open(stored("healthy"))
    for machine in browser.run("return TABS"):
        states, places = browser.run(
            "const m = D.machines[MACHINES.indexOf(arguments[0])]; return [m.states, PLACES[m.name]]".replace(
                "arguments[0]", json.dumps(machine)))
        same(sorted(states), sorted(places))
        same(len({tuple(place) for place in places.values()}), len(states))


def many_lives(path, containers):
    """Containers one after the other, each with some execs; one with many."""
    with open(path, "w", encoding="utf-8") as out:
        second = 0
        for n in range(containers):
            execs = 200 if n == 7 else 4
            head = "2026-01-02 %02d:%02d:%02d +0000 UTC default /tasks/"
            lines = ['create {"container_id":"c%d","pid":%d}' % (n, n + 2), 'start {"container_id":"c%d","pid":%d}' % (n, n + 2)]
            for e in range(execs):
                lines.append('exec-added {"container_id":"c%d","exec_id":"e%d"}' % (n, e))
                lines.append('exec-started {"container_id":"c%d","exec_id":"e%d","pid":%d}' % (n, e, 40000 + e))
                lines.append('exit {"container_id":"c%d","id":"e%d","pid":%d}' % (n, e, 40000 + e))
            lines.append('exit {"container_id":"c%d","id":"c%d","pid":%d,"exit_status":1}' % (n, n, n + 2))
            lines.append('delete {"container_id":"c%d","pid":%d,"exit_status":1}' % (n, n + 2))
            for line in lines:
                second += 1
                out.write(head % (second // 3600 % 24, second // 60 % 60, second % 60) + line + "\n")


def case_ten_thousand_runs_are_elements_only_in_sight(browser):
    log = os.path.join(SCRATCH, "many.log")
    many_lives(log, 2000)
    browser.open(page_of(log))
    assert browser.run("return runs.length") >= 10000
    for top in (0, 1000, 100000, 10000000):
        browser.run("document.getElementById('scroll').scrollTop = %d; drawNow()" % top)
        names = browser.driver.find_elements(By.CLASS_NAME, "name")
        assert 5 <= len(names) <= 60, len(names)
    contains(browser.run("return document.getElementById('names').lastChild.textContent"), "e3")
    browser.keys("t")
    same(len(browser.driver.find_elements(By.CSS_SELECTOR, "#table-body tr")), 100)


def case_many_execs_are_folded(browser):
    log = os.path.join(SCRATCH, "many.log")
    many_lives(log, 20)
    browser.open(page_of(log))
    before = browser.run("return shown.length")
    browser.run("choose(rows.findIndex((row) => row.name === 'c7'), false)")
    browser.keys(Keys.ENTER)
    same(browser.run("return shown.length"), before - 1 + 200)
    browser.keys(Keys.ENTER)
    same(browser.run("return shown.length"), before)


def case_it_fits_a_phone(browser):
    for scheme in ("light", "dark"):
        browser.open(stored("healthy"), 390, 844, scheme)
        same(browser.run("return document.documentElement.scrollWidth"), 390)
        sizes = browser.run("return [...document.querySelectorAll('#tools button')].map((b) => b.getBoundingClientRect().height)")
        assert min(sizes) >= 36, sizes
        press(browser, 0, 10)
        contains(browser.text("cursor-line"), "Line 10 ")
        browser.picture("phone-" + scheme)


def case_everything_that_can_be_used_has_a_name(browser):
    browser.open(stored("event-after-delete"))
    nameless = browser.run(
        "return [...document.querySelectorAll('button, input, [role=listbox], section')].filter((e) => e.offsetParent !== null &&"
        " !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim() || (e.labels && e.labels.length)))"
        ".map((e) => e.outerHTML)")
    same(nameless, [])
    # By the tab key alone, from the top to the processes.
    browser.run("document.activeElement.blur()")
    seen = []
    for _ in range(14):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        seen.append(browser.run("return document.activeElement.id"))
    assert {"filter", "odd", "zoom-in", "as-table", "help", "names"} <= set(seen), seen


def main():
    cases = [(name, case) for name, case in globals().items() if name.startswith("case_")]
    failed = 0
    os.environ["no_proxy"] = "localhost,127.0.0.1"
    browser = Browser()
    try:
        for number, (name, case) in enumerate(cases, 1):
            try:
                case(browser)
                print("ok %d page: %s" % (number, name[5:].replace("_", " ")), flush=True)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                browser.picture("failed-" + name)
                print("not ok %d page: %s" % (number, name[5:].replace("_", " ")), flush=True)
                traceback.print_exc(file=sys.stdout)
    finally:
        browser.quit()
    print("1..%d" % len(cases))
    return 1 if failed else 0


sys.exit(main())

package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.demo.DemoUpstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A browser loads a page of many files, over both versions of HTTP, from the proxy and from nginx in turn. */
class ChromiumIT {
    private static final int FILES = 200;
    private static final int ROUNDS = 3;
    private static final Pattern RESULT = Pattern.compile("(\\d+) files, ([^,]+), (\\d+) ms");

    private static final List<String> CHROMIUM = List.of(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
            "--ignore-certificate-errors",
            "--dump-dom");

    private static final String SOCKET_PAGE = """
            data:text/html,<body><script>fetch('https://127.0.0.1:%1$d/bytes/1',{mode:'no-cors'})\
            .then(()=>setTimeout(()=>{\
            const s=new WebSocket('wss://127.0.0.1:%1$d/ws');s.onopen=()=>s.send('hello');\
            s.onmessage=e=>{document.body.append('echo of '+e.data);s.close()}},500))</script>\
            <img src='https://127.0.0.1:%1$d/delay/3000'>""";

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldLoadAPageOfManyFiles(OffloadMode mode) throws Exception {
        Tools.require("chromium", "nginx");
        try (RunningProxy proxy = RunningProxy.http(mode, mode);
                DemoUpstream upstream = DemoUpstream.start(0);
                NginxProxy nginx = NginxProxy.start(directory, upstream.port())) {
            for (String protocol : List.of("http/1.1", "h2")) {
                List<Integer> ours = new ArrayList<>();
                List<Integer> theirs = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    ours.add(milliseconds(protocol, proxy.port()));
                    theirs.add(milliseconds(protocol, nginx.port()));
                }
                System.out.printf(
                        "Chromium, %d files, %s, %s: offramp %s ms, nginx %s ms%n",
                        FILES, mode, protocol, ours, theirs);
            }
        }
    }

    /**
     * A page that loads for three seconds, and has an echo by then. A browser makes a stream of the WebSocket (RFC
     * 8441).
     */
    @ParameterizedTest
    @EnumSource(names = {"SW", "HW"})
    void shouldOpenAWebSocketOnItsConnection(OffloadMode mode) throws Exception {
        Tools.require("chromium");
        try (RunningProxy proxy = RunningProxy.http(mode, mode)) {
            List<String> command = new ArrayList<>(CHROMIUM);
            command.add("--user-data-dir=" + directory.resolve("profile"));
            command.add("--disable-features=LocalNetworkAccessChecks"); // the page is from nowhere
            command.add(SOCKET_PAGE.formatted(proxy.port()));

            String page = Tools.run(command.toArray(String[]::new));

            assertThat(page).contains("echo of hello");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(proxy.accessLines())
                            .anyMatch(line -> line.contains("/ws") && line.contains("HTTP/2.0")));
        }
    }

    /** From the request for the page to the load event. */
    private int milliseconds(String protocol, int port) throws Exception {
        List<String> command = new ArrayList<>(CHROMIUM);
        command.add("--user-data-dir=" + directory.resolve("profile"));
        if (protocol.equals("http/1.1")) {
            command.add("--disable-http2");
        }
        command.add("https://127.0.0.1:" + port + "/page/" + FILES);
        String page = Tools.run(command.toArray(String[]::new));
        Matcher result = RESULT.matcher(page);
        assertThat(result.find()).as(page).isTrue();
        assertThat(result.group(1)).isEqualTo("" + FILES);
        assertThat(result.group(2)).isEqualTo(protocol);
        return Integer.parseInt(result.group(3));
    }
}

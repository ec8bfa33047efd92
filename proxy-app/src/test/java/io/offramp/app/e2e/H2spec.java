package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The conformance tests of h2spec 2.2.0 against a server that speaks HTTP/2 over TLS. */
final class H2spec {
    private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final int LIMIT_S = 300;

    private final Path directory;

    /**
     * @param ran number of tests
     * @param failed a line for each that failed or was skipped: section, title, what came instead
     */
    record Report(int ran, List<String> failed) {}

    /**
     * Unpacks the program out of the jar that brings it.
     *
     * @param directory for the program and its report
     */
    H2spec(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        Process tar = new ProcessBuilder("tar", "-xz", "-C", directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream archive = Objects.requireNonNull(H2spec.class.getResourceAsStream(ARCHIVE));
                var input = tar.getOutputStream()) {
            archive.transferTo(input);
        }
        assertThat(tar.waitFor()).isZero();
    }

    /**
     * Runs all tests, the strict ones too.
     *
     * @param path of a page with an answer of some bytes
     */
    Report run(int port, String path) throws Exception {
        Path xml = directory.resolve("report.xml");
        Path output = directory.resolve("output");
        List<String> command = List.of(
                directory.resolve("h2spec").toString(), "--strict", "--tls", "--insecure", "--host", "127.0.0.1");
        List<String> options =
                List.of("--port", Integer.toString(port), "--path", path, "--junit-report", xml.toString());
        List<String> all = new ArrayList<>(command);
        all.addAll(options);
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended)
                .as("h2spec ended in time: %s", Files.readString(output))
                .isTrue();
        assertThat(xml).as("a report: %s", Files.readString(output)).exists();
        return read(xml);
    }

    private static Report read(Path xml) throws Exception {
        NodeList cases = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(xml.toFile())
                .getElementsByTagName("testcase");
        List<String> failed = new ArrayList<>();
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            NodeList outcomes = test.getElementsByTagName("*"); // error, failure or skipped; none if it passed
            if (outcomes.getLength() > 0) {
                Element outcome = (Element) outcomes.item(0);
                String came = outcome.getTextContent().strip().replace("\n", " | ");
                failed.add(test.getAttribute("package") + " " + test.getAttribute("classname") + ": "
                        + outcome.getTagName() + " " + came);
            }
        }
        return new Report(cases.getLength(), failed);
    }
}

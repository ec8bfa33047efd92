package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * In the place of systemd: receives what processes of a unit say, with the sender as the kernel names it, and takes it
 * by the rule of the packaged unit's {@code NotifyAccess} (systemd.service(5)).
 */
final class UnitManager implements AutoCloseable {
    private static final Path UNIT = Path.of("../packaging/offramp.service");

    /** Prints the sender and its message, a line for each datagram. */
    private static final String RECEIVER = """
            import socket, struct, sys
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            manager.bind(sys.argv[1])
            print('bound', flush=True)
            while True:
                text, more, _, _ = manager.recvmsg(1024, socket.CMSG_SPACE(12))
                sender = struct.unpack('3i', more[0][2])[0]
                print(sender, text.decode().replace('\\n', ' '), flush=True)
            """;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern LINE = Pattern.compile("(\\d+) (.*)");
    private static final Pattern MAIN_PID = Pattern.compile("MAINPID=(\\d+) .*");

    private final String access;
    private final Process receiver;
    private final BufferedReader lines;
    private long mainPid;

    /**
     * A state that was taken.
     *
     * @param sender number of the process
     * @param text {@code READY=1 STATUS=serving}
     */
    record Said(long sender, String text) {}

    /** @param socket as in NOTIFY_SOCKET; nothing is there yet */
    UnitManager(Path socket) throws IOException {
        Matcher set = Pattern.compile("(?m)^NotifyAccess=(\\w+)$").matcher(Files.readString(UNIT));
        access = set.find() ? set.group(1) : "main";
        receiver = new ProcessBuilder("python3", "-c", RECEIVER, socket.toString())
                .redirectErrorStream(true)
                .start();
        lines = receiver.inputReader();
        assertThat(lines.readLine()).isEqualTo("bound");
    }

    /** The process that was started as the service. */
    void start(long pid) {
        mainPid = pid;
    }

    /** The main process, as the manager sees it. */
    long mainPid() {
        return mainPid;
    }

    /** Waits for the next state with this beginning that is taken, for a time: others can come again and again. */
    Said await(String beginning) throws IOException {
        long endNs = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            String line = lines.readLine();
            assertThat(System.nanoTime()).as("until %s", beginning).isLessThan(endNs);
            assertThat(line).as("until %s", beginning).isNotNull();
            Matcher parts = LINE.matcher(line);
            assertThat(parts.matches()).as(line).isTrue();
            Said said = new Said(Long.parseLong(parts.group(1)), parts.group(2));
            if (access.equals("main") && said.sender() != mainPid) {
                continue; // "reception only permitted for main PID"
            }
            Matcher main = MAIN_PID.matcher(said.text());
            if (main.matches()) {
                mainPid = Long.parseLong(main.group(1));
            }
            if (said.text().startsWith(beginning)) {
                return said;
            }
        }
    }

    @Override
    public void close() {
        receiver.destroyForcibly();
    }
}

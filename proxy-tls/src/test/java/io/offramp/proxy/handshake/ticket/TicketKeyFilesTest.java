package io.offramp.proxy.handshake.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketKeyFilesTest {
    private static final byte[] SESSION = new byte[100];

    private final Random random = new Random(11);

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(ints = {48, 80})
    void shouldBeTheSameOnEveryInstance(int bytes) throws Exception {
        Path file = write("current.key", bytes);
        TicketKeys one = new TicketKeyFiles(List.of(file));
        TicketKeys other = new TicketKeyFiles(List.of(file));

        byte[] ticket = one.current().seal(SESSION);

        assertThat(ticket).startsWith(Arrays.copyOf(Files.readAllBytes(file), 16));
        assertThat(open(other, ticket)).isEqualTo(SESSION);
    }

    @Test
    void shouldProtectWithTheFirstAndOpenWithAll() throws Exception {
        Path current = write("current.key", 80);
        Path previous = write("previous.key", 48);
        byte[] old = new TicketKeyFiles(List.of(previous)).current().seal(SESSION);
        TicketKeys keys = new TicketKeyFiles(List.of(current, previous));

        assertThat(open(keys, old)).isEqualTo(SESSION);
        assertThat(new TicketKeyFiles(List.of(current))
                        .current()
                        .open(keys.current().seal(SESSION)))
                .isEqualTo(SESSION);
    }

    @Test
    void shouldOpenWithTheKeyBeforeWhenAFileIsReplaced() throws Exception {
        Path file = write("current.key", 80);
        TicketKeyFiles keys = new TicketKeyFiles(List.of(file));
        byte[] first = keys.current().seal(SESSION);
        assertThat(keys.reload()).as("nothing has changed").isEmpty();

        write("current.key", 80);
        assertThat(keys.reload()).containsExactly(file + ": replaced; the key before it still opens tickets");
        byte[] second = keys.current().seal(SESSION);
        assertThat(open(keys, first)).isEqualTo(SESSION);
        assertThat(open(keys, second)).isEqualTo(SESSION);
        assertThat(new TicketKeyFiles(List.of(file)).current().open(second)).isEqualTo(SESSION);

        write("current.key", 48);
        keys.reload();
        assertThat(open(keys, first)).as("two keys ago").isNull();
        assertThat(open(keys, second)).isEqualTo(SESSION);
        write("current.key", 48);
        keys.reload();
        assertThat(open(keys, keys.current().seal(SESSION))).isEqualTo(SESSION);
    }

    @Test
    void shouldKeepItsKeysWhenAReplacementIsBroken() throws Exception {
        Path current = write("current.key", 80);
        Path previous = write("previous.key", 80);
        TicketKeyFiles keys = new TicketKeyFiles(List.of(current, previous));
        byte[] ticket = keys.current().seal(SESSION);

        write("current.key", 48);
        write("previous.key", 47);

        assertThatThrownBy(keys::reload)
                .isInstanceOf(BadTicketKeyException.class)
                .hasMessage("must be 48 or 80 random bytes, is 47: " + previous);
        assertThat(keys.current().open(ticket)).isEqualTo(SESSION);
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws Exception {
        Path missing = dir.resolve("missing.key");
        assertThatThrownBy(() -> TicketKeyFiles.check(missing)).hasMessage("no such file: " + missing);
        Path empty = write("empty.key", 0);
        assertThatThrownBy(() -> TicketKeyFiles.check(empty))
                .hasMessage("must be 48 or 80 random bytes, is 0: " + empty);
        Path huge = write("huge.key", 1 << 20);
        assertThatThrownBy(() -> TicketKeyFiles.check(huge))
                .hasMessage("must be 48 or 80 random bytes, is more than 80: " + huge);
        assertThatThrownBy(() -> TicketKeyFiles.check(dir)).hasMessage("is a directory: " + dir);
    }

    @Test
    void shouldWarnOfAFileThatOthersCanRead() throws Exception {
        Path file = write("current.key", 80);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(TicketKeyFiles.warning(file)).isEqualTo("everybody can read it: " + file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(TicketKeyFiles.warning(file)).isEqualTo("its group can read it: " + file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(TicketKeyFiles.warning(file)).isNull();
    }

    private static byte @Nullable [] open(TicketKeys keys, byte[] ticket) {
        return keys.all().stream()
                .map(key -> key.open(ticket))
                .filter(each -> each != null)
                .findFirst()
                .orElse(null);
    }

    private Path write(String name, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return Files.write(dir.resolve(name), content);
    }
}

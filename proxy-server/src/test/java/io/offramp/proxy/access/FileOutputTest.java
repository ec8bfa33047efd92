package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileOutputTest {
    @TempDir
    private Path directory;

    private final LogCounters counters = new LogCounters();
    private Path file;
    private Instant now = at(LocalTime.of(23, 58));

    @BeforeEach
    void name() {
        file = directory.resolve("access.log");
    }

    private static Instant at(LocalTime time) {
        return LocalDate.of(2026, 11, 29)
                .atTime(time)
                .atZone(ZoneId.systemDefault())
                .toInstant();
    }

    private FileOutput open(@Nullable Rotation rotation) throws IOException {
        InstantSource clock = () -> now;
        return new FileOutput(
                new LogTarget.File(file, PosixFilePermissions.fromString("rw-rw----"), rotation), clock, counters);
    }

    @Test
    void shouldAppendToWhatIsThereAndKeepItsMode() throws IOException {
        Files.writeString(file, "before\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        try (FileOutput output = open(null)) {
            write(output, "a\nb\n");
        }

        assertThat(file).hasContent("before\na\nb\n");
        assertThat(mode(file)).isEqualTo("rw-r--r--");
    }

    @Test
    void shouldMakeAFileWithItsModeWhateverTheUmask() throws IOException {
        try (FileOutput output = open(null)) {
            write(output, "a\n");
        }
        assertThat(mode(file)).isEqualTo("rw-rw----");
    }

    @Test
    void shouldRotateBeforeTheFileBecomesTooLargeAndKeepSoMany() throws IOException {
        try (FileOutput output = open(new Rotation(10, null, 2))) {
            for (String lines : List.of("1111\n", "2222\n", "3333\n", "4444\n5555\n", "666666666666\n", "7\n")) {
                write(output, lines);
            }
        }

        assertThat(file).hasContent("7\n");
        assertThat(older(1)).hasContent("666666666666\n");
        assertThat(older(2)).hasContent("4444\n5555\n");
        assertThat(names()).containsExactly("access.log", "access.log.1", "access.log.2");
        assertThat(mode(file)).isEqualTo("rw-rw----");
    }

    @Test
    void shouldRotateAtMidnightOfTheMachinesClock() throws IOException {
        try (FileOutput output = open(new Rotation(0, Duration.ofHours(24), 7))) {
            write(output, "a\n");
            now = at(LocalTime.of(23, 59, 59));
            write(output, "b\n");
            now = now.plusSeconds(1);
            write(output, "c\n");
            now = now.plusSeconds(60);
            write(output, "d\n");
        }

        assertThat(older(1)).hasContent("a\nb\n");
        assertThat(file).hasContent("c\nd\n");
        assertThat(names()).hasSize(2);
    }

    @Test
    void shouldRotateTheFileOfAnEarlierDayThatItFinds() throws IOException {
        Files.writeString(file, "yesterday\n");
        Files.setLastModifiedTime(file, FileTime.from(now.minus(Duration.ofDays(1))));

        try (FileOutput output = open(new Rotation(0, Duration.ofHours(24), 7))) {
            write(output, "today\n");
        }

        assertThat(older(1)).hasContent("yesterday\n");
        assertThat(file).hasContent("today\n");
    }

    @Test
    void shouldNotRotateAnEmptyFile() throws IOException {
        try (FileOutput output = open(new Rotation(4, Duration.ofHours(1), 7))) {
            now = now.plus(Duration.ofHours(3));
            write(output, "longer than four\n");
        }
        assertThat(names()).containsExactly("access.log");
    }

    @Test
    void shouldContinueInTheSameFileIfItCannotBeRenamed() throws IOException {
        Files.createDirectories(older(1).resolve("in the way"));

        try (FileOutput output = open(new Rotation(4, null, 1))) {
            write(output, "1111\n");
            write(output, "2222\n");
            write(output, "3333\n");
        }

        assertThat(file).hasContent("1111\n2222\n3333\n");
    }

    @Test
    void shouldMakeTheFileAnewWhenItIsDueAndSomebodyTookItAway() throws IOException {
        try (FileOutput output = open(new Rotation(4, null, 2))) {
            write(output, "1111\n");
            Files.delete(file);
            write(output, "2222\n");
            write(output, "3333\n");
        }

        assertThat(file).hasContent("3333\n");
        assertThat(older(1)).hasContent("2222\n");
    }

    @Test
    void shouldOpenANewFileWhenTheOldOneWasRenamed() throws IOException {
        Path moved = directory.resolve("moved");
        try (FileOutput output = open(null)) {
            write(output, "a\n");
            Files.move(file, moved);
            write(output, "b\n");
            output.reopen();
            write(output, "c\n");
        }

        assertThat(moved).hasContent("a\nb\n");
        assertThat(file).hasContent("c\n");
    }

    @Test
    void shouldWriteALineWholeToANewFileWhenTheOldOneTookAPart() throws IOException {
        // Given a line of which a part is written
        ByteBuffer lines = ByteBuffer.wrap("a\nbbb\nc\n".getBytes(StandardCharsets.US_ASCII));
        Path moved = directory.resolve("moved");
        try (FileOutput output = open(null)) {
            output.write(lines.limit(4));
            output.reopen(); // of the same file
            output.write(lines.limit(5));

            // When
            Files.move(file, moved);
            output.reopen();
            output.write(lines.limit(8));
        }

        // Then
        assertThat(moved).hasContent("a\nbbb");
        assertThat(file).hasContent("bbb\nc\n");
    }

    /** Cannot open its file anew, because the directory is gone, and has written a line to the one that was moved. */
    private FileOutput openWithoutDirectory(Path moved) throws IOException {
        Path subdirectory = Files.createDirectory(directory.resolve("logs"));
        file = subdirectory.resolve("access.log");
        FileOutput output = open(null);
        Files.move(file, moved);
        Files.delete(subdirectory);
        assertThatThrownBy(output::reopen).isInstanceOf(NoSuchFileException.class);
        write(output, "a\n");
        return output;
    }

    @Test
    void shouldStayWithTheOldFileIfANewOneCannotBeOpened() throws IOException {
        Path moved = directory.resolve("moved");
        openWithoutDirectory(moved).close();
        assertThat(moved).hasContent("a\n");
    }

    @Test
    void shouldNotOpenAFileInADirectoryThatIsNotThere() {
        file = directory.resolve("logs/access.log");
        assertThatThrownBy(() -> open(null)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void shouldCountARotationThatFailsAndTryAgainSoon() throws IOException {
        Path subdirectory = Files.createDirectory(directory.resolve("logs"));
        file = subdirectory.resolve("access.log");
        Path moved = directory.resolve("moved");
        try (FileOutput output = open(new Rotation(4, null, 2))) {
            // Given a directory that is gone when the file is due
            write(output, "1111\n");
            Files.move(subdirectory, moved);
            write(output, "2222\n");
            write(output, "3333\n");
            assertThat(counters.failures()).isEqualTo(1);

            // When it takes longer, pauses double up to a minute
            long[] failures = new long[300];
            for (int second = 0; second < failures.length; second++) {
                now = now.plusSeconds(1);
                write(output, "4\n");
                failures[second] = counters.failures();
            }
            assertThat(Arrays.copyOf(failures, 8)).containsExactly(2, 2, 3, 3, 3, 3, 4, 4);
            assertThat(failures[299] - failures[179]).isEqualTo(2);

            // And when it is back
            Files.move(moved, subdirectory);
            now = now.plusSeconds(60);
            write(output, "5555\n");
            write(output, "6666\n");
        }

        // Then
        assertThat(file).hasContent("6666\n");
        assertThat(subdirectory.resolve("access.log.1"))
                .content()
                .startsWith("1111\n2222\n3333\n4\n")
                .endsWith("4\n5555\n");
    }

    @Test
    void shouldMoveOlderFilesNoFurtherThanItMust() throws IOException {
        Files.writeString(older(2), "older\n");
        try (FileOutput output = open(new Rotation(4, null, 3))) {
            write(output, "1111\n");
            write(output, "2222\n");
            assertThat(older(2)).hasContent("older\n");
            write(output, "3333\n");
        }

        assertThat(older(1)).hasContent("2222\n");
        assertThat(older(2)).hasContent("1111\n");
        assertThat(older(3)).hasContent("older\n");
    }

    @Test
    void shouldOpenTheFileSoonWhenThatFailedOnce() throws IOException {
        // Given
        Path moved = directory.resolve("moved");
        try (FileOutput output = openWithoutDirectory(moved)) {

            // When
            Files.createDirectory(directory.resolve("logs"));
            now = now.plusSeconds(1);
            write(output, "b\n");
        }

        // Then
        assertThat(moved).hasContent("a\n");
        assertThat(file).hasContent("b\n");
    }

    @Test
    void shouldNotRenameWhatIsNoRegularFile() throws IOException {
        // Given a link to a device, because making a device takes privileges
        Files.createSymbolicLink(file, Path.of("/dev/null"));

        // When it is due
        try (FileOutput output = open(new Rotation(4, null, 2))) {
            write(output, "1111\n");
            write(output, "2222\n");
        }

        // Then
        assertThat(names()).containsExactly("access.log");
        assertThat(file).isSymbolicLink();
    }

    @Test
    void shouldNotWaitForTheReaderOfAFifo() throws Exception {
        // Given a FIFO in the place of a file that was renamed
        Path moved = directory.resolve("moved");
        try (FileOutput output = open(null)) {
            write(output, "a\n");
            Files.move(file, moved);
            Fifo.make(file);

            // When
            assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
                assertRefusesFifo(() -> open(null));
                assertRefusesFifo(output::reopen);
            });

            // Then
            write(output, "b\n");
        }
        assertThat(moved).hasContent("a\nb\n");
    }

    private void assertRefusesFifo(ThrowingCallable opening) {
        assertThatThrownBy(opening)
                .isInstanceOf(FileSystemException.class)
                .hasMessage(file + ": is neither a regular file nor a character device");
    }

    private static void write(FileOutput output, String lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.US_ASCII));
        output.write(bytes);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private Path older(int number) {
        return directory.resolve("access.log." + number);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}

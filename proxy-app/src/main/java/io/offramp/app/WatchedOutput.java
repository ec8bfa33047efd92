package io.offramp.app;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * Standard output or standard error. The disk behind it may be full, or the reader of the pipe gone. Writing then
 * continues, because the fault may be temporary; lost writes are counted and logged once a minute at most. Thread-safe
 * as its file is.
 */
final class WatchedOutput extends OutputStream {
    private static final int BUFFER_BYTES = 8192;
    private static final LongAdder FAILURES = new LongAdder();

    private final String name;
    private final OutputStream file;
    private final LineRate lines;

    WatchedOutput(String name, OutputStream file, LongSupplier clockNs) {
        this.name = name;
        this.file = file;
        this.lines = new LineRate(clockNs);
    }

    /** Replaces both streams of the JVM, which lose lines silently. */
    static void install() {
        System.setOut(stream("standard output", FileDescriptor.out));
        System.setErr(stream("standard error", FileDescriptor.err));
    }

    /** Failed writes of both streams. */
    static long failures() {
        return FAILURES.sum();
    }

    private static PrintStream stream(String name, FileDescriptor descriptor) {
        OutputStream watched = new WatchedOutput(name, new FileOutputStream(descriptor), System::nanoTime);
        return new PrintStream(new BufferedOutputStream(watched, BUFFER_BYTES), true, System.out.charset());
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        try {
            file.write(bytes, from, length);
        } catch (IOException e) {
            FAILURES.increment();
            tell(e);
        }
    }

    private void tell(IOException cause) {
        if (lines.isDue()) {
            LoggerFactory.getLogger(WatchedOutput.class)
                    .warn("{} takes no more lines, which are lost: {}", name, cause.getMessage());
        }
    }
}

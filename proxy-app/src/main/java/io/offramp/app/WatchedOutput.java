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
 * Standard output or standard error. The disk behind it may be full, or the reader of the pipe gone. Lost writes are
 * counted and logged once a minute at most. A proxy goes on writing, because the fault may be temporary. Any other
 * command has nothing else to do: its stream remembers the fault ({@link PrintStream#checkError}). Thread-safe as its
 * file is.
 */
final class WatchedOutput extends OutputStream {
    private static final int BUFFER_BYTES = 8192;
    private static final LongAdder FAILURES = new LongAdder();

    private final String name;
    private final OutputStream file;
    private final LineRate lines;
    private final boolean goesOn;

    /** @param goesOn whether a failed write is no failure for who writes */
    WatchedOutput(String name, OutputStream file, boolean goesOn, LongSupplier clockNs) {
        this.name = name;
        this.file = file;
        this.goesOn = goesOn;
        this.lines = new LineRate(clockNs);
    }

    /**
     * Replaces both streams of the JVM, which lose lines silently.
     *
     * @param isProxy whether this process serves, and so goes on without its output
     */
    static void install(boolean isProxy) {
        System.setOut(stream("standard output", FileDescriptor.out, isProxy));
        System.setErr(stream("standard error", FileDescriptor.err, true));
    }

    /** Failed writes of both streams. */
    static long failures() {
        return FAILURES.sum();
    }

    private static PrintStream stream(String name, FileDescriptor descriptor, boolean goesOn) {
        OutputStream watched = new WatchedOutput(name, new FileOutputStream(descriptor), goesOn, System::nanoTime);
        return new PrintStream(new BufferedOutputStream(watched, BUFFER_BYTES), true, System.out.charset());
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            file.write(bytes, from, length);
        } catch (IOException e) {
            FAILURES.increment();
            tell(e);
            if (!goesOn) {
                throw e;
            }
        }
    }

    private void tell(IOException cause) {
        if (lines.isDue()) {
            LoggerFactory.getLogger(WatchedOutput.class)
                    .warn("{} takes no more lines, which are lost: {}", name, cause.getMessage());
        }
    }
}

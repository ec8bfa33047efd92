package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** Makes FIFOs. */
public final class Fifo {
    private Fifo() {}

    /** By mkfifo of coreutils: the JDK cannot. */
    public static void make(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}

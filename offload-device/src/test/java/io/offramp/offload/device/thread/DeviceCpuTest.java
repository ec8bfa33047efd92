package io.offramp.offload.device.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

/** What the device's threads cost. */
class DeviceCpuTest {
    private static final long WORK_NS = 20_000_000;

    private final DeviceCpu cpu = new DeviceCpu();
    private final ThreadFactory threads = cpu.threads("offramp-device");

    @Test
    void shouldCountThreadsThatLiveAndThreadsThatHaveEnded() throws InterruptedException {
        CountDownLatch worked = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Thread thread = threads.newThread(() -> {
            work();
            worked.countDown();
            await(mayEnd);
        });
        thread.start();
        worked.await();

        long living = cpu.ns();
        mayEnd.countDown();
        thread.join();
        long ended = cpu.ns();

        assertThat(living).isGreaterThanOrEqualTo(WORK_NS);
        assertThat(ended).isGreaterThanOrEqualTo(living);
        assertThat(cpu.ns()).isEqualTo(ended);
        assertThat(cpu.counter().value().getAsLong()).isEqualTo(ended);
    }

    @Test
    void shouldNotCountTheThreadsOfOthers() {
        work();

        assertThat(cpu.ns()).isZero();
    }

    @Test
    void shouldNameAndNumberThreads() {
        assertThat(threads.newThread(() -> {}).getName()).isEqualTo("offramp-device-1");
        assertThat(threads.newThread(() -> {}).getName()).isEqualTo("offramp-device-2");
        assertThat(threads.newThread(() -> {}).isDaemon()).isTrue();
    }

    @Test
    void shouldCountAThreadWhoseTaskFails() throws InterruptedException {
        Thread thread = threads.newThread(() -> {
            work();
            throw new IllegalStateException("on purpose");
        });
        thread.setUncaughtExceptionHandler((failed, cause) -> {});
        thread.start();
        thread.join();

        assertThat(cpu.ns()).isGreaterThanOrEqualTo(WORK_NS);
    }

    /** Burns CPU until this thread has been charged for it. */
    private static void work() {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        long start = bean.getCurrentThreadCpuTime();
        while (bean.getCurrentThreadCpuTime() - start < WORK_NS) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

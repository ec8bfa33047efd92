package io.offramp.offload.device.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class IndexStackTest {
    @Test
    void shouldGiveTheLastOneFirst() {
        IndexStack stack = new IndexStack(new AtomicIntegerArray(3));
        stack.push(2);
        stack.push(0);

        assertThat(stack.size()).isEqualTo(2);
        assertThat(stack.pop()).isZero();
        assertThat(stack.pop()).isEqualTo(2);
        assertThat(stack.pop()).isEqualTo(IndexStack.NONE);
    }

    @Test
    void shouldHandOutEachNumberOnceUntilThereIsNone() {
        IndexAllocator allocator = new IndexAllocator(2);

        assertThat(allocator.allocate()).isZero();
        assertThat(allocator.allocate()).isEqualTo(1);
        assertThat(allocator.allocate()).isEqualTo(IndexStack.NONE);
        allocator.free(0);
        assertThat(allocator.inUse()).isEqualTo(1);
        assertThat(allocator.allocate()).isZero();
    }

    @Test
    void shouldNeverGiveANumberToTwoThreads() throws InterruptedException {
        int threads = 4;
        IndexAllocator allocator = new IndexAllocator(3);
        AtomicIntegerArray holders = new AtomicIntegerArray(3);
        List<String> clashes = Collections.synchronizedList(new ArrayList<>());
        List<Thread> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            workers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100_000; i++) {
                    int index = allocator.allocate();
                    if (index != IndexStack.NONE) {
                        if (holders.incrementAndGet(index) != 1) {
                            clashes.add("index " + index);
                        }
                        holders.decrementAndGet(index);
                        allocator.free(index);
                    }
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }

        assertThat(clashes).isEmpty();
        assertThat(allocator.inUse()).isZero();
    }
}

package io.offramp.offload.tck;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves a buffer unreleased. JUnit finds it on the class path, where
 * {@code junit.jupiter.extensions.autodetection.enabled} is set; Netty's leak detection must be {@code paranoid}, since
 * any other level looks at samples only. What a class leaves to another thread may be told of the next class.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
    private static final long COLLECTION_LIMIT_MS = 10_000;
    private static final ConcurrentLinkedQueue<String> LEAKS = new ConcurrentLinkedQueue<>();

    /** For JUnit. */
    public LeakGuard() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        ByteBufUtil.setLeakListener((resource, records) -> LEAKS.add(resource + records));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        boolean outermost = context.getRequiredTestClass().getEnclosingClass() == null;
        List<String> leaks = outermost ? takeLeaks() : List.of();
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    leaks.size() + " leaks after " + context.getDisplayName() + ":\n" + String.join("\n", leaks));
        }
    }

    /** Buffers that became garbage unreleased since the last call, with Netty's record of who held them. */
    static List<String> takeLeaks() {
        if (ResourceLeakDetector.getLevel() != Level.PARANOID) {
            throw new AssertionError("leak detection is " + ResourceLeakDetector.getLevel() + ", must be PARANOID");
        }
        // The collector hands its findings over as one list. When something of the second list has come through, the
        // first has.
        awaitCollected();
        awaitCollected();
        // Netty looks for garbage when it makes a buffer that it tracks.
        UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        List<String> leaks = new ArrayList<>();
        for (String leak; (leak = LEAKS.poll()) != null; ) {
            leaks.add(leak);
        }
        return leaks;
    }

    private static void awaitCollected() {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        PhantomReference<Object> garbage = new PhantomReference<>(new Object(), collected);
        System.gc();
        try {
            if (collected.remove(COLLECTION_LIMIT_MS) != garbage) {
                throw new AssertionError("no garbage was collected in " + COLLECTION_LIMIT_MS + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.offramp.offload.device.driver.rx;

/**
 * The strategy {@code CORE_NEXT_HINT}: the device is not asked. Where the host had to decrypt records one after the
 * other, it gives the device the start of the next one: behind the 3rd, 5th, 9th … 129th of them, and every 128 from
 * there on. The hint is about a record that has not come in yet, so the device can be there in time.
 */
final class HintResync implements RxResync {
    private static final int FIRST_TARGET = 2;
    private static final int LAST_DOUBLED_TARGET = 128;

    private final RxContext context;
    private boolean isFirst = true;
    private boolean isDue;
    private int encrypted;
    private int target = FIRST_TARGET;

    HintResync(RxContext context) {
        this.context = context;
    }

    @Override
    public void onRequest(int sequence, int bytes) {
        // Guesses of the device are not used here.
    }

    @Override
    public void onRecord(int sequence, int recordBytes, long number, RecordAssembler.Work work, boolean hasMore) {
        switch (work) {
            case DEVICE -> {
                isFirst = true;
                isDue = false;
            }
            case MIXED -> isFirst = true;
            case HOST -> onEncrypted(hasMore);
        }
        if (isDue && !hasMore) {
            isDue = false;
            context.hint(sequence + recordBytes, number + 1);
        }
    }

    private void onEncrypted(boolean hasMore) {
        if (isDue && hasMore) {
            return;
        }
        if (isFirst) {
            isFirst = false;
            encrypted = 1;
            target = FIRST_TARGET;
        } else if (++encrypted > target) {
            target = target < LAST_DOUBLED_TARGET ? 2 * target : target + LAST_DOUBLED_TARGET;
            isDue = true;
        }
    }

    @Override
    public void onProgrammed() {
        isFirst = true;
        isDue = false;
    }

    @Override
    public void close() {
        isDue = false;
    }
}

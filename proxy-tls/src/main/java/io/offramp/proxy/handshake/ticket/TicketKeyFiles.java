package io.offramp.proxy.handshake.ticket;

import io.offramp.proxy.reload.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ticket keys from files, so that instances share them and restarts do not change them. In nginx's format: 48 or 80
 * random bytes, of which 16 are the name. The first file's key protects new tickets; all keys open tickets, and so does
 * the key that a file held before.
 */
public final class TicketKeyFiles implements TicketKeys {
    private static final int SHORT_BYTES = 48;
    private static final int LONG_BYTES = 80;

    private final List<Path> files;
    private volatile Held held;

    /**
     * The keys of one file.
     *
     * @param before the previous one; null if the file has not changed yet
     * @param dropped the one before that: wiped at the next change, when no handshake can hold it any more
     */
    private record Slot(
            TicketKey key,
            @Nullable TicketKey before,
            @Nullable TicketKey dropped) {}

    private record Held(List<Slot> slots, List<TicketKey> all) {
        static Held of(List<Slot> slots) {
            List<TicketKey> all = new ArrayList<>();
            slots.forEach(slot -> all.add(slot.key));
            for (Slot slot : slots) {
                if (slot.before != null) {
                    all.add(slot.before);
                }
            }
            return new Held(List.copyOf(slots), List.copyOf(all));
        }
    }

    /**
     * Reads the files. Blocks.
     *
     * @param files at least one
     */
    public TicketKeyFiles(List<Path> files) throws BadTicketKeyException {
        this.files = List.copyOf(files);
        List<Slot> slots = new ArrayList<>();
        for (Path file : files) {
            slots.add(new Slot(read(file), null, null));
        }
        this.held = Held.of(slots);
    }

    @Override
    public TicketKey current() {
        return held.slots.getFirst().key;
    }

    @Override
    public List<TicketKey> all() {
        return held.all;
    }

    /**
     * Reads the files again. Blocks.
     *
     * @return a sentence for each key that was replaced
     * @throws BadTicketKeyException if a file cannot be used; all keys stay as they are
     */
    public synchronized List<String> reload() throws BadTicketKeyException {
        List<TicketKey> read = new ArrayList<>();
        for (Path file : files) {
            read.add(read(file));
        }
        List<String> changes = new ArrayList<>();
        List<Slot> slots = new ArrayList<>(held.slots);
        for (int i = 0; i < slots.size(); i++) {
            Slot last = slots.get(i);
            if (read.get(i).isSame(last.key)) {
                read.get(i).destroy();
                continue;
            }
            if (last.dropped != null) {
                last.dropped.destroy();
            }
            slots.set(i, new Slot(read.get(i), last.key, last.before));
            changes.add(files.get(i) + ": replaced; the key before it still opens tickets");
        }
        if (!changes.isEmpty()) {
            held = Held.of(slots);
        }
        return changes;
    }

    /** Reads one key, to check it. Blocks. */
    public static void check(Path file) throws BadTicketKeyException {
        read(file).destroy();
    }

    /** A warning about a key file; null for none. Blocks. */
    public static @Nullable String warning(Path file) {
        return InputFile.openTo(file);
    }

    private static TicketKey read(Path file) throws BadTicketKeyException {
        byte[] bytes = new byte[0];
        try {
            bytes = InputFile.read(file, LONG_BYTES + 1);
            if (bytes.length != SHORT_BYTES && bytes.length != LONG_BYTES) {
                String length = bytes.length > LONG_BYTES ? "more than " + LONG_BYTES : "" + bytes.length;
                throw new BadTicketKeyException("must be 48 or 80 random bytes, is " + length + ": " + file);
            }
            byte[] secret = Arrays.copyOfRange(bytes, TicketKey.NAME_BYTES, bytes.length);
            TicketKey key = new TicketKey(Arrays.copyOf(bytes, TicketKey.NAME_BYTES), secret);
            Arrays.fill(secret, (byte) 0);
            return key;
        } catch (IOException e) {
            throw new BadTicketKeyException(String.valueOf(e.getMessage()));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}

package io.offramp.proxy.handshake.certificate;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a PEM file (RFC 7468), as tools and people write them: with a byte order mark, any line ends, text and
 * comments around the blocks, several blocks in one line, blocks for other purposes. Records which blocks were used, so
 * that no other is ignored silently. Not thread-safe.
 */
public final class PemFile {
    /** Far above any chain: a mistyped path must not fill the heap. */
    private static final int MAX_BYTES = 1 << 20;

    /** At the start of a line, or right after an end: so it is when files without a final newline are concatenated. */
    private static final Pattern BEGIN = Pattern.compile("(?m)(?:^[ \\t]*|(?<=-----))-----BEGIN ([^-\\r\\n]+)-----");

    /** Looks like a block to people only: four hyphens, a dash, a comment sign in front. */
    private static final Pattern NEARLY =
            Pattern.compile("(?:BEGIN|END) [A-Z0-9 ]{0,40}(?:CERTIFICATE|PRIVATE KEY|CRL)");

    private final Path file;
    private final String text;
    private final List<Block> blocks = new ArrayList<>();
    private final Set<Block> used = new HashSet<>();
    private final List<String> warnings = new ArrayList<>();
    private final char lineEnd;
    private int counted;
    private int line = 1;

    /** One block, from BEGIN to END. Compared by identity. */
    public static final class Block {
        private final String label;
        private final int line;
        private final String body;

        private Block(String label, int line, String body) {
            this.label = label;
            this.line = line;
            this.body = body;
        }

        String label() {
            return label;
        }

        /** Recognized by the headers of RFC 1421 §4.6, which OpenSSL's older formats have. */
        boolean isEncrypted() {
            return body.contains("Proc-Type: 4,ENCRYPTED");
        }

        @Override
        public String toString() {
            return label + " in line " + line;
        }
    }

    private PemFile(Path file, String text) throws BadCertificateException {
        this.file = file;
        this.text = text;
        this.lineEnd = text.indexOf('\n') >= 0 ? '\n' : '\r';
        cut();
    }

    /**
     * Reads a file. Blocks.
     *
     * @throws BadCertificateException if it cannot be read, or a block has no end
     */
    public static PemFile read(Path file) throws BadCertificateException {
        return of(file, PemLoader.bytes(file, MAX_BYTES));
    }

    /** Parses what was read from a file. */
    public static PemFile of(Path file, byte[] content) throws BadCertificateException {
        String text = new String(content, charset(content));
        return new PemFile(file, text.startsWith("\ufeff") ? text.substring(1) : text);
    }

    Path file() {
        return file;
    }

    /** All blocks with one of these labels, in order; they count as used. */
    public List<Block> take(Set<String> labels) {
        List<Block> taken =
                blocks.stream().filter(block -> labels.contains(block.label)).toList();
        used.addAll(taken);
        return taken;
    }

    /** The first block with one of these labels, which counts as used; null if there is none. */
    @Nullable
    Block takeFirst(Set<String> labels) {
        Block first = blocks.stream()
                .filter(block -> labels.contains(block.label))
                .findFirst()
                .orElse(null);
        if (first != null) {
            used.add(first);
        }
        return first;
    }

    /** The decoded block; not checked against its label. */
    public byte[] der(Block block) throws BadCertificateException {
        String body = block.body;
        if (body.indexOf(':') >= 0) { // headers of RFC 1421, which end with an empty line
            body = body.replaceFirst("(?s)^[^:]*+:.*?(?:\\r\\n?|\\n)[ \\t]*(?:\\r\\n?|\\n)", "");
        }
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new BadCertificateException("PEM does not parse: " + file + ": " + block + ": " + e.getMessage(), e);
        }
    }

    /** Adds a clause to the {@link #warnings}. */
    void warn(String clause) {
        warnings.add(clause);
    }

    /** What of the file is not used, one clause each. Called when all blocks have been taken. */
    public List<String> warnings() {
        List<String> all = new ArrayList<>(warnings);
        List<String> left = blocks.stream()
                .filter(block -> !used.contains(block))
                .map(Block::toString)
                .toList();
        if (!left.isEmpty()) {
            all.add("not used: " + String.join(", ", left) + " of " + file);
        }
        return all;
    }

    private void cut() throws BadCertificateException {
        Matcher begin = BEGIN.matcher(text);
        int at = 0;
        while (begin.find(at)) {
            between(at, begin.start());
            String label = begin.group(1);
            int beginLine = line(begin.start(1));
            String end = "-----END " + label + "-----";
            int endAt = text.indexOf(end, begin.end());
            int next = text.indexOf("-----BEGIN ", begin.end());
            if (endAt < 0 || next >= 0 && next < endAt) {
                throw new BadCertificateException(
                        "PEM does not parse: " + file + ": " + label + " in line " + beginLine + " has no end");
            }
            blocks.add(new Block(label, beginLine, text.substring(begin.end(), endAt)));
            at = endAt + end.length();
        }
        between(at, text.length());
    }

    /** Any text is allowed (RFC 7468 §5.2), but a mangled block is hardly meant as text. */
    private void between(int from, int to) {
        Matcher nearly = NEARLY.matcher(text).region(from, to);
        if (nearly.find()) {
            warnings.add("not used: \"" + nearly.group() + "\" in line " + line(nearly.start()) + " of " + file
                    + ", for a block begins its line with five hyphens");
        }
    }

    /** Counts on from the place of the last call; never called for an earlier one. */
    private int line(int at) {
        line += (int)
                text.substring(counted, at).chars().filter(c -> c == lineEnd).count();
        counted = at;
        return line;
    }

    /** Chosen by the byte order mark; the blocks themselves are ASCII. */
    private static Charset charset(byte[] content) {
        int mark = content.length < 2 ? 0 : (content[0] & 0xff) << 8 | content[1] & 0xff;
        return mark == 0xfeff || mark == 0xfffe ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    }
}

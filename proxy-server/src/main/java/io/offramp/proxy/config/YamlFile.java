package io.offramp.proxy.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.ComposerException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Turns a file into nodes with their places. Its author is not trusted: size, depth and aliases are bounded. */
final class YamlFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_ALIASES = 50;

    private YamlFile() {}

    /** The text, or null after a problem. Pipes and devices, which may never begin or never end, are refused. */
    static @Nullable String read(Path file, Problems problems) {
        boolean isSpecial = Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
        return isSpecial ? refuse(problems, "is not a regular file") : readAny(file, problems);
    }

    /** As {@link #read}, but waits for a pipe. */
    static @Nullable String readAny(Path file, Problems problems) {
        try {
            if (Files.isDirectory(file)) {
                return refuse(problems, "is a directory");
            }
            byte[] bytes = readBounded(file);
            if (bytes.length > MAX_BYTES) {
                return refuse(problems, "is larger than 1 MiB");
            }
            return text(bytes, problems);
        } catch (NoSuchFileException e) {
            return refuse(problems, "no such file");
        } catch (IOException e) {
            return refuse(problems, "not readable: " + e.getMessage());
        }
    }

    /**
     * The root of the only document, or null after a problem.
     *
     * @param file for the places of its nodes
     */
    static @Nullable Node compose(String yaml, String file, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setSchema(new FailsafeSchema()) // keeps each scalar as written: 1.2 stays 1.2
                .setCodePointLimit(MAX_BYTES)
                .setAllowNonScalarKeys(true) // the reader of the mapping reports it with its place
                .setMaxAliasesForCollections(MAX_ALIASES)
                .build();
        try {
            return new BoundedComposer(settings, References.hide(yaml))
                    .getSingleNode()
                    .orElseGet(() -> refuse(problems.of(file), "is empty"));
        } catch (MarkedYamlEngineException e) {
            problems.error(e.getProblemMark().or(e::getContextMark), "", "not valid YAML: " + reason(e));
        } catch (YamlEngineException e) {
            problems.of(file).error(Optional.empty(), "", "not valid YAML: " + e.getMessage());
        }
        return null;
    }

    private static String reason(MarkedYamlEngineException e) {
        boolean hasContext = e.getContext() != null && !e.getContext().isEmpty();
        return hasContext ? e.getContext() + ", " + e.getProblem() : e.getProblem();
    }

    private static @Nullable String text(byte[] bytes, Problems problems) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (!result.isError()) {
            return out.flip().toString();
        }
        long lines = out.flip().chars().filter(c -> c == '\n').count() + 1;
        return refuse(
                problems,
                "is not UTF-8 text: byte 0x%02x at offset %d, on line %d"
                        .formatted(in.get(), in.position() - 1, lines));
    }

    private static byte[] readBounded(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES + 1);
        }
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // always null
    private static <T> @Nullable T refuse(Problems problems, String message) {
        problems.error(Optional.empty(), "", message);
        return null;
    }

    /** The composer calls itself for each level: without a bound, brackets alone overflow the stack. */
    private static final class BoundedComposer extends Composer {
        private int depth;

        BoundedComposer(LoadSettings settings, String yaml) {
            super(settings, new ParserImpl(settings, new StreamReader(settings, yaml)));
        }

        @Override
        protected SequenceNode composeSequenceNode(Optional<Anchor> anchor) {
            enter();
            SequenceNode node = super.composeSequenceNode(anchor);
            depth--;
            return node;
        }

        @Override
        protected Node composeMappingNode(Optional<Anchor> anchor) {
            enter();
            Node node = super.composeMappingNode(anchor);
            depth--;
            return node;
        }

        private void enter() {
            if (++depth > MAX_DEPTH) {
                Optional<Mark> at = parser.peekEvent().getStartMark();
                throw new ComposerException("nested deeper than " + MAX_DEPTH + " levels", at);
            }
        }
    }
}

package io.offramp.app.demo;

import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultFileRegion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Answers with a file, which the kernel sends (sendfile). Complete only when all of it is out, so a client that asks
 * for many at once has one open.
 */
final class FileAnswer implements Answer {
    private static final String TYPE = "application/octet-stream";
    private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]*";

    private final Reply reply;
    private final @Nullable Path file;
    private final Runnable onComplete;
    private boolean complete;

    /**
     * @param directory of files; null for none
     * @param name of a file in the directory; names that lead out of it get 404
     * @param onComplete called once the answer is out
     */
    FileAnswer(Reply reply, @Nullable Path directory, String name, Runnable onComplete) {
        this.reply = reply;
        this.file = directory != null && name.matches(NAME) ? directory.resolve(name) : null;
        this.onComplete = onComplete;
    }

    @Override
    public void onEnd() {
        ChannelFuture sent = null;
        try {
            if (file == null || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                reply.text(404, "no such file\n");
            } else {
                sent = reply.whole(TYPE, new DefaultFileRegion(file.toFile(), 0, Files.size(file)));
            }
        } catch (IOException e) {
            reply.text(404, "no such file\n");
        }
        if (sent == null) {
            complete = true;
            return;
        }
        sent.addListener(out -> {
            complete = true;
            onComplete.run();
        });
    }

    @Override
    public boolean isComplete() {
        return complete;
    }
}

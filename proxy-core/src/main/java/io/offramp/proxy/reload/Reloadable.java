package io.offramp.proxy.reload;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Something that was read from files, is in use, and can be read anew. Called on the reload thread only, which may
 * block.
 */
public interface Reloadable {
    /**
     * What it is, in the singular, lower case, as the log and the metric name it: {@code certificate}, {@code ticket
     * key}.
     */
    String kind();

    /** Whose it is: the name of the listener. */
    String owner();

    /**
     * Whose change calls for a reload. A directory stands for what is in it, but not below. May be missing; symbolic
     * links are followed.
     */
    Collection<Path> files();

    /**
     * Reads the files, checks what they hold and puts it in use; what is wrong stays as it was. Reading the same again
     * changes nothing, and says nothing.
     */
    ReloadOutcome reload();

    /** Reads files that hold one thing, which is replaced or not. */
    @FunctionalInterface
    interface Loader {
        /**
         * As {@link Reloadable#reload}.
         *
         * @return a sentence for each thing that has changed
         * @throws Exception if nothing was put in use; the message, which names the file, is for the operator
         */
        List<String> load() throws Exception;
    }

    /** The usual one. */
    static Reloadable of(String kind, String owner, Collection<Path> files, Loader loader) {
        return new LoaderReloadable(kind, owner, List.copyOf(files), loader);
    }
}

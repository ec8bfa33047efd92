package io.offramp.proxy.reload;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** A value in use that was read from files and can be read again. Called on the reload thread only, which may block. */
public interface Reloadable {
    /** Its kind for log and metric, in the singular, lower case: {@code certificate}, {@code ticket key}. */
    String kind();

    /** The name of its listener. */
    String owner();

    /**
     * Files whose change calls for a reload. A directory stands for the files directly in it. May be missing; symbolic
     * links are followed.
     */
    Collection<Path> files();

    /**
     * Reads the files, checks their content and puts it in use; an item with an error stays as it was. Reading the same
     * content again changes nothing and reports nothing.
     */
    ReloadOutcome reload();

    /** Reads files that hold one item, which is replaced or not. */
    @FunctionalInterface
    interface Loader {
        /**
         * As {@link Reloadable#reload}.
         *
         * @return a sentence for each change
         * @throws Exception if nothing was put in use; the message, which names the file, is for the operator
         */
        List<String> load() throws Exception;
    }

    /** The usual one. */
    static Reloadable of(String kind, String owner, Collection<Path> files, Loader loader) {
        return new LoaderReloadable(kind, owner, List.copyOf(files), loader);
    }
}

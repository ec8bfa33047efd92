package io.offramp.offload;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be written, for the user: some exceptions of the JDK have a file name as their only message. */
public final class FileFailure {
    private FileFailure() {}

    /** {@code permission denied: /opt/offramp/run, for user app}. */
    public static String reason(IOException failure) {
        String file = failure instanceof FileSystemException at ? ": " + at.getFile() : "";
        String user = ", for user " + System.getProperty("user.name");
        return switch (failure) {
            case AccessDeniedException _ -> "permission denied" + file + user;
            case NoSuchFileException _ -> "no such directory" + file;
            case FileAlreadyExistsException _ -> "is no directory" + file;
            case FileSystemException at when at.getReason() != null -> at.getReason() + file + user;
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}

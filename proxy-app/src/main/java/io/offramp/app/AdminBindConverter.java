package io.offramp.app;

import io.offramp.proxy.config.AdminAddress;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the address for the admin listener. */
final class AdminBindConverter implements ITypeConverter<AdminAddress> {
    @Override
    public AdminAddress convert(String text) {
        try {
            return AdminAddress.parseBind(text, Path::of);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}

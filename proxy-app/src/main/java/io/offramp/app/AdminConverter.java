package io.offramp.app;

import io.offramp.proxy.config.AdminAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the admin address of a running proxy. */
final class AdminConverter implements ITypeConverter<AdminAddress> {
    @Override
    public AdminAddress convert(String text) {
        try {
            return AdminAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}

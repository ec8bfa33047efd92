package io.offramp.app;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Signals, by {@code sun.misc.Signal}. Every JDK has that class, but javac warns about it and the warning cannot be
 * suppressed, so it is called by reflection.
 */
enum ProcessSignal {
    /** SIGHUP. */
    HUP,
    /** SIGUSR1. */
    USR1;

    /**
     * From now on the signal runs this, on a thread of its own, and no longer ends the process. An ignored signal, as
     * under {@code nohup}, stays ignored.
     *
     * @throws IllegalStateException if this JDK has no signals, or they are switched off ({@code -Xrs})
     */
    void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = MethodHandles.lookup()
                    .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(action);
            Object adapted =
                    MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name()), adapted);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SIG" + name() + " cannot be handled: " + e, e);
        }
    }
}

package io.offramp.offload.device.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.offramp.offload.Capacity;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSink;
import io.offramp.offload.record.RecordFormat;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sink gets the same calls, whether a device with a limited load wraps it or not. */
class MeteredSinkTest {
    private static final Admission LIMITED = new Admission(
            Capacity.UNLIMITED.withRecordsPerSecond(1_000_000), () -> true, () -> 0, () -> 0, System::nanoTime);

    private final List<String> heard = new ArrayList<>();

    private static Stream<Method> rxCalls() {
        return Stream.of(RxSink.class.getMethods());
    }

    private static Stream<Method> txCalls() {
        return Stream.of(TxSink.class.getMethods());
    }

    @ParameterizedTest
    @MethodSource("rxCalls")
    void shouldPassOnWhatAnRxSessionSays(Method call) throws Exception {
        say(call, LIMITED.metered(listener(RxSink.class), RecordFormat.TLS_1_3));

        assertThat(heard).containsExactly(call.getName());
    }

    @ParameterizedTest
    @MethodSource("txCalls")
    void shouldPassOnWhatATxSessionSays(Method call) throws Exception {
        say(call, LIMITED.metered(listener(TxSink.class)));

        assertThat(heard).containsExactly(call.getName());
    }

    private static void say(Method call, Object sink) throws IllegalAccessException, InvocationTargetException {
        call.invoke(
                sink,
                Stream.of(call.getParameterTypes()).map(MeteredSinkTest::any).toArray());
    }

    private static @Nullable Object any(Class<?> type) {
        if (type == long.class) {
            return 1L;
        }
        if (type == int.class) {
            return 1;
        }
        return type.isInstance(Unpooled.EMPTY_BUFFER) ? Unpooled.EMPTY_BUFFER : null;
    }

    private <S> S listener(Class<S> sink) {
        return sink.cast(Proxy.newProxyInstance(sink.getClassLoader(), new Class<?>[] {sink}, (proxy, method, args) -> {
            heard.add(method.getName());
            return null;
        }));
    }
}

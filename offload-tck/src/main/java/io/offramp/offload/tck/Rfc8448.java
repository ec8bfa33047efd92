package io.offramp.offload.tck;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import java.util.HexFormat;

/**
 * Known answers from RFC 8448 §3 ("Simple 1-RTT Handshake"), TLS_AES_128_GCM_SHA256: the records behind the handshake.
 */
public final class Rfc8448 {
    /** {0x01, 0x00}: warning, close_notify. */
    public static final byte[] CLOSE_NOTIFY = {1, 0};

    /** "{client} send application_data record", complete record; sequence 0. */
    public static final byte[] SECTION_3_CLIENT_DATA_RECORD =
            hex("1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b"
                    + "9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4");

    /** "{client} send alert record", complete record; sequence 1. */
    public static final byte[] SECTION_3_CLIENT_ALERT_RECORD = hex("1703030013c9872760655666b74d7ff1153efd6db6d0b0e3");

    /** "{server} send application_data record", complete record; sequence 1, behind the NewSessionTicket. */
    public static final byte[] SECTION_3_SERVER_DATA_RECORD =
            hex("17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e3"
                    + "0efaf97d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d");

    /** "{server} send alert record", complete record; sequence 2. */
    public static final byte[] SECTION_3_SERVER_ALERT_RECORD = hex("1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9");

    private Rfc8448() {}

    /** "{client} derive write traffic keys for application data", at sequence 0. */
    public static TrafficKeys section3ClientKeys() {
        return keys("17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9", 0);
    }

    /** "{server} derive write traffic keys for application data", at sequence 1. */
    public static TrafficKeys section3ServerKeys() {
        return keys("9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984", 1);
    }

    /** "payload (50 octets)" of both application data records: 00 to 31. */
    public static byte[] section3Payload() {
        byte[] payload = new byte[50];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) i;
        }
        return payload;
    }

    private static TrafficKeys keys(String key, String iv, long sequence) {
        return new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, hex(key), hex(iv), sequence);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}

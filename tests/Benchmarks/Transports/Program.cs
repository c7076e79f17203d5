using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Encryption;
using Distribution.BitTorrent.Utp;

namespace Distribution.Benchmarks.Transports;

/// <summary>What encryption and uTP's bookkeeping cost by themselves, on one core and without a socket.</summary>
internal static class Program
{
    private const int DefaultRounds = 5;
    private const int Handshakes = 500;
    private const int CipherBytes = 64 << 20;
    private const int StreamBytes = 64 << 20;

    private static readonly BigInteger _prime = new(
        Convert.FromHexString(
            "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
                + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
                + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563"
        ),
        isUnsigned: true,
        isBigEndian: true
    );

    private static int Main(string[] arguments)
    {
        int rounds = DefaultRounds;
        if (arguments.Length > 1 || (arguments.Length == 1 && !int.TryParse(arguments[0], out rounds)))
        {
            Console.Error.WriteLine("One argument at most: how many rounds.");
            return 2;
        }
        (string Name, Func<double> Measure, string Unit)[] all =
        [
            ("key and secret, our own arithmetic", OwnExchanges, "µs"),
            ("key and secret, BigInteger.ModPow", BigExchanges, "µs"),
            ("whole handshake, responder", Responders, "µs"),
            ("RC4", Cipher, "GB/s"),
            ("uTP, sender and receiver, no network", Streams, "GB/s"),
        ];
        foreach ((_, Func<double> measure, _) in all)
            measure();
        var found = all.ToDictionary(one => one.Name, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach ((string name, Func<double> measure, _) in all)
                found[name].Add(measure());
        }
        Console.WriteLine($"medians of {rounds}");
        foreach ((string name, _, string unit) in all)
            Console.WriteLine($"{name, -40} {found[name].Order().ElementAt(rounds / 2):0.00} {unit}");
        return 0;
    }

    private static double OwnExchanges()
    {
        var (key, secret) = (new byte[KeyExchange.KeyBytes], new byte[KeyExchange.KeyBytes]);
        new KeyExchange().WritePublicKey(key);
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < Handshakes; i++)
        {
            var exchange = new KeyExchange();
            exchange.WritePublicKey(secret);
            exchange.TryWriteSecret(key, secret);
        }
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Handshakes;
    }

    private static double BigExchanges()
    {
        var key = new byte[KeyExchange.KeyBytes];
        new KeyExchange().WritePublicKey(key);
        var theirs = new BigInteger(key, isUnsigned: true, isBigEndian: true);
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < Handshakes; i++)
        {
            var exponent = new BigInteger(RandomNumberGenerator.GetBytes(20), isUnsigned: true, isBigEndian: true);
            BigInteger.ModPow(2, exponent, _prime);
            BigInteger.ModPow(theirs, exponent, _prime);
        }
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Handshakes;
    }

    /// <summary>What an edge does for one encrypted caller; the caller's own work is not in it.</summary>
    private static double Responders()
    {
        var infoHash = new InfoHash(RandomNumberGenerator.GetBytes(InfoHash.LengthBytes));
        InfoHash mark = EncryptionKeys.TorrentMark(infoHash);
        long ticks = 0;
        for (int i = 0; i < Handshakes; i++)
        {
            var initiator = new EncryptionInitiator(infoHash, EncryptionMethod.Rc4, []);
            var responder = new EncryptionResponder(EncryptionMethod.Rc4, asked => asked == mark ? infoHash : null);
            var (said, answered) = (new ArrayBufferWriter<byte>(1024), new ArrayBufferWriter<byte>(1024));
            initiator.Start(said);
            long started = Stopwatch.GetTimestamp();
            responder.Read(said.WrittenSpan, answered, out int consumed);
            ticks += Stopwatch.GetTimestamp() - started;
            byte[] rest = said.WrittenSpan[consumed..].ToArray();
            said.ResetWrittenCount();
            initiator.Read(answered.WrittenSpan, said, out _);
            byte[] more = [.. rest, .. said.WrittenSpan];
            started = Stopwatch.GetTimestamp();
            responder.Read(more, answered, out _);
            ticks += Stopwatch.GetTimestamp() - started;
            if (responder.Method != EncryptionMethod.Rc4)
                throw new InvalidOperationException($"The handshake failed: {responder.Error}.");
        }
        return ticks * 1e6 / Stopwatch.Frequency / Handshakes;
    }

    private static double Cipher()
    {
        var cipher = new Rc4(RandomNumberGenerator.GetBytes(20));
        var chunk = new byte[16 * 1024];
        long started = Stopwatch.GetTimestamp();
        for (int done = 0; done < CipherBytes; done += chunk.Length)
            cipher.Apply(chunk, chunk);
        return CipherBytes / 1e9 / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Streams()
    {
        var limits = new UtpLimits { ReceiveWindowBytes = 512 * 1024 };
        var (packets, buffer, content) = (new List<ReadOnlyMemory<byte>>(), new byte[64 * 1024], new byte[256 * 1024]);
        UtpConnection asks = UtpConnection.Connect(7, limits, now: 0);
        asks.Collect(packets, 1, 0);
        UtpHeader.TryRead(packets[0].Span, out UtpHeader syn, out _, out _);
        asks.Commit(1, 0);
        UtpConnection gives = UtpConnection.Accept(syn, limits, now: 0);
        long now = 0;
        long read = 0;
        long started = Stopwatch.GetTimestamp();
        while (read < StreamBytes)
        {
            now += 1000;
            gives.Write(content);
            Move(gives, asks);
            for (int count; (count = asks.Read(buffer)) > 0; )
                read += count;
            Move(asks, gives);
        }
        return read / 1e9 / Stopwatch.GetElapsedTime(started).TotalSeconds;

        void Move(UtpConnection from, UtpConnection to)
        {
            packets.Clear();
            from.Collect(packets, 64, now);
            foreach (ReadOnlyMemory<byte> packet in packets)
            {
                if (UtpHeader.TryRead(packet.Span, out UtpHeader header, out var selective, out var payload))
                    to.Receive(header, selective, payload, now);
            }
            from.Commit(packets.Count, now);
        }
    }
}

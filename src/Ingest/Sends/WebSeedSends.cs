using System.Net;
using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.Ingest.Contents.Folders;
using Distribution.Ingest.Telemetry;

namespace Distribution.Ingest.Sends;

/// <summary>What this web seed sent, per file, receiver and kind: the journal, and who we are in the ledger.</summary>
internal sealed class WebSeedSends : IDisposable
{
    private const int InstanceIdLength = 16;

    private readonly IngestTelemetry _telemetry;
    private readonly ThreadLocal<SendUnderWay?> _underWay;
    private int _changes;

    /// <exception cref="IOException">The journal is in use, or not readable.</exception>
    public WebSeedSends(IngestOptions options, IngestTelemetry telemetry, TimeProvider clock)
    {
        _telemetry = telemetry;
        Journal = SendJournal.Open(options.SendJournalPath, clock);
        _underWay = new ThreadLocal<SendUnderWay?>(Journal.UnderWay);
        Source = $"webseed/{ReadInstanceId(options.SendJournalPath + ".id")}";
    }

    public SendJournal Journal { get; }

    /// <summary>"webseed/" and the id of this instance, the same after every restart.</summary>
    public string Source { get; }

    /// <summary>Grows with every count; equal means that nothing was sent in between.</summary>
    public int Changes => Volatile.Read(ref _changes);

    public TransferMeter Meter(InfoHash infoHash, IPAddress receiver, SendKind kind) =>
        new(this, Journal.Meter(infoHash, receiver, kind), kind);

    /// <summary>This thread's place for what it sends; null: there is no room for it.</summary>
    public SendUnderWay? UnderWay => _underWay.Value;

    public void Dispose()
    {
        // Threads may still send; their places end with them.
        Journal.Dispose();
    }

    internal void Counted(SendKind kind, long bytes)
    {
        Interlocked.Increment(ref _changes);
        _telemetry.Sent(kind, bytes);
    }

    private static string ReadInstanceId(string path)
    {
        if (File.Exists(path))
        {
            string id = File.ReadAllText(path).Trim();
            if (id.Length == InstanceIdLength && id.All(char.IsAsciiHexDigitLower))
                return id;
            throw new IOException($"{path} holds no instance id.");
        }
        string made = RandomNumberGenerator.GetHexString(InstanceIdLength, lowercase: true);
        DurableFiles.WriteAllBytes(path, Encoding.ASCII.GetBytes(made));
        DurableFiles.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return made;
    }
}

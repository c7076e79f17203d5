using System.Buffers;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Trackers;

/// <summary>The answer to an HTTP scrape (BEP 48): <c>files</c>, keyed by raw info-hash in raw byte order.</summary>
public static class HttpScrapeReply
{
    /// <param name="entries">Any order; of several with one info-hash the first is told.</param>
    public static void Write(IBufferWriter<byte> output, IEnumerable<TrackerScrapeEntry> entries)
    {
        // A stable order, so that the first of equal keys stays first.
        TrackerScrapeEntry[] sorted = [.. entries.Order(Comparer<TrackerScrapeEntry>.Create(CompareKeys))];
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteBytes("files"u8);
        writer.BeginDictionary();
        for (int i = 0; i < sorted.Length; i++)
        {
            TrackerScrapeEntry entry = sorted[i];
            if (i > 0 && sorted[i - 1].InfoHash == entry.InfoHash)
                continue;
            writer.WriteBytes(entry.InfoHash.AsSpan());
            writer.BeginDictionary();
            writer.WriteBytes("complete"u8);
            writer.WriteInteger(entry.Complete);
            writer.WriteBytes("downloaded"u8);
            writer.WriteInteger(entry.Downloaded);
            writer.WriteBytes("incomplete"u8);
            writer.WriteInteger(entry.Incomplete);
            writer.End();
        }
        writer.End();
        writer.End();
    }

    /// <param name="problem">What is wrong, where the answer is false.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> data,
        out IReadOnlyList<TrackerScrapeEntry> entries,
        out string? problem
    )
    {
        entries = [];
        if (!BencodeValue.TryParse(data, BencodeLimits.Message, out BencodeValue? root, out BencodeError error))
        {
            problem = $"not bencode: {error}";
            return false;
        }
        problem = root!["failure reason"u8]?.AsText;
        if (problem is not null)
            return false;
        if (root["files"u8]?.AsDictionary is not { } files)
        {
            problem = "missing files";
            return false;
        }
        var read = new List<TrackerScrapeEntry>(files.Count);
        foreach ((ReadOnlyMemory<byte> key, BencodeValue value) in files)
        {
            if (key.Length != InfoHash.LengthBytes)
            {
                problem = "a key of files is no info-hash";
                return false;
            }
            read.Add(
                new TrackerScrapeEntry(
                    new InfoHash(key.Span),
                    value["complete"u8]?.AsInteger ?? 0,
                    value["downloaded"u8]?.AsInteger ?? 0,
                    value["incomplete"u8]?.AsInteger ?? 0
                )
            );
        }
        entries = read;
        return true;
    }

    private static int CompareKeys(TrackerScrapeEntry left, TrackerScrapeEntry right) =>
        left.InfoHash.AsSpan().SequenceCompareTo(right.InfoHash.AsSpan());
}

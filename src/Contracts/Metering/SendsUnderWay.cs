using System.Text;

namespace Distribution.Contracts.Metering;

/// <summary>
/// A file beside the journal with what is being sent at this moment: a page with magic and the journal's epoch, then places for
/// <see cref="Places"/> threads. Who opens the journal next settles what a killed process left there.
/// </summary>
internal sealed unsafe class SendsUnderWay : IDisposable
{
    /// <summary>So many threads at most; others count as before, after the call.</summary>
    public const int Places = 64;

    private const int HeaderBytes = 4096;
    private const int BodyBytes = Places * SendUnderWay.LengthBytes;

    private readonly FileStream _stream;
    private readonly SendJournalSegment _segment;
    private int _given;

    private SendsUnderWay(FileStream stream)
    {
        _stream = stream;
        _segment = SendJournalSegment.Map(stream, HeaderBytes, BodyBytes);
    }

    private static ReadOnlySpan<byte> Magic => "DISTNOW1"u8;

    /// <summary>Opens the file, or makes it anew where it is another journal's. Null: there is no room for it.</summary>
    public static SendsUnderWay? Open(string path, string epoch)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite, // The journal beside it lets nobody else in.
            BufferSize = 0,
        };
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, options);
            byte[] head = [.. Magic, .. Encoding.ASCII.GetBytes(epoch)];
            var present = new byte[head.Length];
            if (
                stream.Length != HeaderBytes + BodyBytes
                || RandomAccess.Read(stream.SafeFileHandle, present, 0) < head.Length
                || !present.AsSpan().SequenceEqual(head)
            )
            {
                stream.SetLength(0);
                // Written, not only lengthened: a hole that a full disk cannot fill would end the process with SIGBUS. The head comes last.
                RandomAccess.Write(stream.SafeFileHandle, new byte[HeaderBytes + BodyBytes], 0);
                RandomAccess.Write(stream.SafeFileHandle, head, 0);
            }
            return new SendsUnderWay(stream);
        }
        catch (IOException)
        {
            stream?.Dispose();
            return null;
        }
    }

    /// <summary>What killed processes had sent and not counted, by record; all of it is ended.</summary>
    public Dictionary<int, (long Before, long Bytes)> Settle()
    {
        var left = new Dictionary<int, (long, long)>();
        for (int place = 0; place < Places; place++)
            if (At(place).Settle() is { Record: { } record } send)
                left[record] = (send.Before, send.Bytes);
        return left;
    }

    /// <summary>A place for one thread, which keeps it; null: all are taken.</summary>
    public SendUnderWay? TryGive()
    {
        int place = Interlocked.Increment(ref _given) - 1;
        return place < Places ? At(place) : null;
    }

    public void Dispose() => _stream.Dispose();

    private SendUnderWay At(int place) =>
        new(place + 1, (nint)(_segment.Start + place * SendUnderWay.LengthBytes), _segment);
}

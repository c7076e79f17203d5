using System.Buffers;
using System.Text;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// A web seed's address as it came, where there are no two ways to read it: an id, and a path in plain characters and the escapes of others, whose
/// segments go nowhere else.
/// </summary>
internal sealed class PlainAddress
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    // RFC 3986's pchar without the percent sign, and the slash.
    private static readonly SearchValues<byte> PathCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/"u8
    );

    private readonly byte[] _raw;
    private ServedPaths? _paths;
    private ServedPart? _part;
    private ServedFile? _headOf;
    private PlainSeedHead? _head;

    private PlainAddress(ReadOnlySpan<byte> raw, string fileId, string path)
    {
        _raw = raw.ToArray();
        FileId = fileId;
        Path = path;
    }

    public string FileId { get; }

    /// <summary>What follows the id and a slash, decoded.</summary>
    public string Path { get; }

    /// <summary>Null: it is not of that kind.</summary>
    /// <param name="raw">Begins with a segment for the web seed.</param>
    public static PlainAddress? Read(ReadOnlySpan<byte> raw)
    {
        int id = raw[1..].IndexOf((byte)'/') + 2;
        if (raw.Length <= id + FileIds.Length || raw[id + FileIds.Length] != '/')
            return null;
        string fileId = Encoding.ASCII.GetString(raw.Slice(id, FileIds.Length));
        ReadOnlySpan<byte> path = raw[(id + FileIds.Length + 1)..];
        return FileIds.IsValid(fileId) && TryDecode(path, out string decoded) && !HasOddSegments(decoded)
            ? new PlainAddress(raw, fileId, decoded)
            : null;
    }

    public bool Is(ReadOnlySpan<byte> raw) => raw.SequenceEqual(_raw);

    /// <summary>Null: nothing is there, or nothing that a plain answer could tell of.</summary>
    public ServedPart? PartOf(ServedFile file)
    {
        if (_paths != file.Paths)
            (_paths, _part) = (
                file.Paths,
                file.Paths.Find(Path) is { } part && PlainSeedHead.CanTell(part) ? part : null
            );
        return _part;
    }

    /// <summary>What answers from this part of a file begin with.</summary>
    public PlainSeedHead HeadOf(ServedFile file, ServedPart part)
    {
        if (_headOf != file || _head is null)
            (_headOf, _head) = (file, new PlainSeedHead(file, part));
        return _head;
    }

    private static bool TryDecode(ReadOnlySpan<byte> path, out string decoded)
    {
        decoded = "";
        var bytes = new byte[path.Length];
        int length = 0;
        while (!path.IsEmpty)
        {
            int taken = 1;
            byte value = path[0];
            if (value == '%')
            {
                if (
                    path.Length < 3
                    || Convert.FromHexString([(char)path[1], (char)path[2]], bytes.AsSpan(length), out _, out _)
                        != OperationStatus.Done
                )
                    return false;
                taken = 3;
                value = bytes[length];
                // Servers differ in what becomes of these.
                if (value is < 0x20 or 0x7f or (byte)'/' or (byte)'\\' or (byte)'%')
                    return false;
            }
            else if (!PathCharacters.Contains(value))
                return false;
            bytes[length++] = value;
            path = path[taken..];
        }
        try
        {
            decoded = Utf8.GetString(bytes, 0, length);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool HasOddSegments(string path)
    {
        foreach (Range segment in path.AsSpan().Split('/'))
            if (path.AsSpan()[segment] is "" or "." or "..")
                return true;
        return false;
    }
}

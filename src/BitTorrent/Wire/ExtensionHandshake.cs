using System.Buffers;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Wire;

/// <summary>
/// The extension handshake (BEP 10): extension message 0, a dictionary in which everything is optional. A value out of range counts
/// as not there.
/// </summary>
public sealed record ExtensionHandshake
{
    /// <summary>More of <c>v</c> is cut off, in bytes.</summary>
    public const int MaxClientBytes = 128;

    /// <summary><c>m.ut_metadata</c>: the id under which the sender takes BEP 9 messages; 0: it does not.</summary>
    public byte MetadataId { get; init; }

    /// <summary><c>m.lt_donthave</c> (BEP 54), likewise.</summary>
    public byte DontHaveId { get; init; }

    /// <summary><c>m.ut_pex</c> (BEP 11), likewise.</summary>
    public byte ExchangeId { get; init; }

    /// <summary><c>p</c>: the sender's listening port; 0 where unknown.</summary>
    public int ListenPort { get; init; }

    /// <summary><c>v</c>: the client's name and version.</summary>
    public string? Client { get; init; }

    /// <summary><c>reqq</c>: how many unanswered requests the sender keeps.</summary>
    public int? RequestQueueDepth { get; init; }

    /// <summary><c>metadata_size</c> (BEP 9), in bytes; null from a sender without metadata.</summary>
    public int? MetadataSizeBytes { get; init; }

    /// <summary><c>upload_only</c> (BEP 21): the sender wants nothing.</summary>
    public bool UploadOnly { get; init; }

    /// <summary>Writes the dictionary, without frame and id.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteBytes("m"u8);
        writer.BeginDictionary();
        WriteId(writer, "lt_donthave"u8, DontHaveId);
        WriteId(writer, "ut_metadata"u8, MetadataId);
        WriteId(writer, "ut_pex"u8, ExchangeId);
        writer.End();
        WriteNumber(writer, "metadata_size"u8, MetadataSizeBytes);
        WriteNumber(writer, "p"u8, ListenPort == 0 ? null : ListenPort);
        WriteNumber(writer, "reqq"u8, RequestQueueDepth);
        WriteNumber(writer, "upload_only"u8, UploadOnly ? 1 : null);
        if (Client is not null)
        {
            writer.WriteBytes("v"u8);
            writer.WriteText(Client);
        }
        writer.End();
    }

    /// <summary>Reads the dictionary of extension message 0. False: it is no bencoded dictionary.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> payload, out ExtensionHandshake? handshake, out WireError error)
    {
        handshake = null;
        error = WireError.InvalidDictionary;
        if (
            !BencodeValue.TryParsePrefix(payload, BencodeLimits.Message, out BencodeValue? root, out _, out _)
            || root!.AsDictionary is null
        )
            return false;
        error = WireError.None;
        BencodeValue? messages = root["m"u8];
        handshake = new ExtensionHandshake
        {
            MetadataId = (byte)Number(messages?["ut_metadata"u8], byte.MaxValue).GetValueOrDefault(),
            DontHaveId = (byte)Number(messages?["lt_donthave"u8], byte.MaxValue).GetValueOrDefault(),
            ExchangeId = (byte)Number(messages?["ut_pex"u8], byte.MaxValue).GetValueOrDefault(),
            ListenPort = Number(root["p"u8], ushort.MaxValue).GetValueOrDefault(),
            RequestQueueDepth = Number(root["reqq"u8], int.MaxValue),
            MetadataSizeBytes = Number(root["metadata_size"u8], int.MaxValue),
            UploadOnly = root["upload_only"u8]?.AsInteger is > 0,
            Client = ReadClient(root["v"u8]),
        };
        return true;
    }

    private static string? ReadClient(BencodeValue? value)
    {
        if (value?.AsBytes is not { Length: > 0 } bytes)
            return null;
        return System.Text.Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, MaxClientBytes)]);
    }

    private static int? Number(BencodeValue? value, int most) =>
        value?.AsInteger is >= 0 and var number && number <= most ? (int)number : null;

    private static void WriteId(BencodeWriter writer, ReadOnlySpan<byte> key, byte id) =>
        WriteNumber(writer, key, id == 0 ? null : id);

    private static void WriteNumber(BencodeWriter writer, ReadOnlySpan<byte> key, int? value)
    {
        if (value is not { } number)
            return;
        writer.WriteBytes(key);
        writer.WriteInteger(number);
    }
}

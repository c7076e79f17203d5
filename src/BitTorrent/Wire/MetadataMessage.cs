using System.Buffers;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Wire;

/// <summary>An ut_metadata message (BEP 9): asks for, carries or refuses 16 KiB of the info dictionary.</summary>
/// <param name="type">What it is.</param>
/// <param name="piece">Which 16 KiB of the metadata, from 0.</param>
/// <param name="totalSizeBytes">The whole metadata; only with data.</param>
/// <param name="data">Only with data: 16 KiB, the last piece the rest.</param>
public readonly ref struct MetadataMessage(
    MetadataMessageType type,
    int piece,
    int totalSizeBytes = 0,
    ReadOnlySpan<byte> data = default
)
{
    public const int PieceBytes = 16 * 1024;

    public MetadataMessageType Type { get; } = type;

    public int Piece { get; } = piece;

    public int TotalSizeBytes { get; } = totalSizeBytes;

    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Writes the message, without frame and extension id.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        writer.WriteBytes("msg_type"u8);
        writer.WriteInteger((int)Type);
        writer.WriteBytes("piece"u8);
        writer.WriteInteger(Piece);
        if (Type == MetadataMessageType.Data)
        {
            writer.WriteBytes("total_size"u8);
            writer.WriteInteger(TotalSizeBytes);
        }
        writer.End();
        writer.WriteRaw(Data);
    }

    /// <summary>
    /// Reads an extension message's payload. False: the dictionary, the type or the piece is missing or wrong; BEP 9 wants
    /// messages of unknown type ignored.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out MetadataMessage message, out WireError error)
    {
        message = default;
        error = WireError.InvalidDictionary;
        var reader = new BencodeReader(payload, BencodeLimits.Message);
        long type = -1;
        long piece = -1;
        long total = 0;
        if (!reader.Read() || reader.TokenType != BencodeTokenType.DictionaryStart)
            return false;
        while (reader.Read() && reader.TokenType != BencodeTokenType.End)
        {
            ReadOnlySpan<byte> key = reader.Bytes;
            if (!reader.Read())
                return false;
            if (reader.TokenType != BencodeTokenType.Integer)
            {
                if (!reader.TrySkip())
                    return false;
            }
            else if (key.SequenceEqual("msg_type"u8))
                type = reader.Integer;
            else if (key.SequenceEqual("piece"u8))
                piece = reader.Integer;
            else if (key.SequenceEqual("total_size"u8))
                total = reader.Integer;
        }
        if (
            !reader.IsComplete
            || type is < 0 or > 2
            || piece is < 0 or > int.MaxValue
            || total is < 0 or > int.MaxValue
        )
            return false;
        ReadOnlySpan<byte> data = type == (int)MetadataMessageType.Data ? payload[reader.Position..] : default;
        if (data.Length > PieceBytes)
        {
            error = WireError.FrameTooLong;
            return false;
        }
        error = WireError.None;
        message = new MetadataMessage((MetadataMessageType)type, (int)piece, (int)total, data);
        return true;
    }
}

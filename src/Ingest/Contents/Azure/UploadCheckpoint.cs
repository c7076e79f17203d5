using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// Where an upload stands: all that its journal blob holds. The blob is written anew by each checkpoint, in one conditional step, so it is
/// never torn.
/// </summary>
/// <remarks>
/// Little-endian: magic 8, check 8 (the SHA-1 of what follows, cut), offset 8, staged blocks 4, stretches 4, bytes of hashes 4, of state 4,
/// of tail 4; then per stretch its first block 4 and its writer 8; hashes; state; tail.
/// </remarks>
internal sealed class UploadCheckpoint
{
    private const int CheckBytes = 8;
    private const int FieldBytes = sizeof(long) + 5 * sizeof(int);
    private const int StretchBytes = sizeof(int) + sizeof(ulong);
    private static readonly int FieldsStart = Magic.Length + CheckBytes;

    private static ReadOnlySpan<byte> Magic => "DISTBLK1"u8;

    /// <summary>In bytes, from the start of the file.</summary>
    public required long Offset { get; init; }

    /// <summary>How many blocks from the start are staged; the last of them may reach beyond <see cref="Offset"/>.</summary>
    public required int StagedBlocks { get; init; }

    /// <summary>Who staged them: a stretch reaches to the next one's first block. Block ids tell writers apart.</summary>
    public required IReadOnlyList<Stretch> Stretches { get; init; }

    public required ReadOnlyMemory<byte> Hashes { get; init; }

    public required ReadOnlyMemory<byte> State { get; init; }

    /// <summary>The bytes from the last staged block's end to <see cref="Offset"/>.</summary>
    public required ReadOnlyMemory<byte> Tail { get; init; }

    public static UploadCheckpoint Start { get; } =
        new()
        {
            Offset = 0,
            StagedBlocks = 0,
            Stretches = [],
            Hashes = default,
            State = default,
            Tail = default,
        };

    public UploadCheckpoint WithoutTail() =>
        new()
        {
            Offset = Offset,
            StagedBlocks = StagedBlocks,
            Stretches = Stretches,
            Hashes = Hashes,
            State = State,
            Tail = default,
        };

    /// <summary>The ids of all staged blocks, in order.</summary>
    public IReadOnlyList<string> BlockIds()
    {
        var ids = new string[StagedBlocks];
        int stretch = 0;
        for (int index = 0; index < ids.Length; index++)
        {
            while (stretch + 1 < Stretches.Count && Stretches[stretch + 1].FirstBlock <= index)
                stretch++;
            ids[index] = BlockId(Stretches[stretch].Writer, index);
        }
        return ids;
    }

    /// <summary>All of one length, as Azure wants it.</summary>
    public static string BlockId(ulong writer, int index)
    {
        Span<byte> id = stackalloc byte[sizeof(ulong) + sizeof(int)];
        BinaryPrimitives.WriteUInt64BigEndian(id, writer);
        BinaryPrimitives.WriteInt32BigEndian(id[sizeof(ulong)..], index);
        return Convert.ToBase64String(id);
    }

    public Stream Compose()
    {
        var head = new byte[FieldsStart + FieldBytes + Stretches.Count * StretchBytes];
        Magic.CopyTo(head);
        Span<byte> at = head.AsSpan(FieldsStart);
        BinaryPrimitives.WriteInt64LittleEndian(at, Offset);
        at = at[sizeof(long)..];
        foreach (int field in new[] { StagedBlocks, Stretches.Count, Hashes.Length, State.Length, Tail.Length })
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, field);
            at = at[sizeof(int)..];
        }
        foreach (Stretch stretch in Stretches)
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, stretch.FirstBlock);
            BinaryPrimitives.WriteUInt64LittleEndian(at[sizeof(int)..], stretch.Writer);
            at = at[StretchBytes..];
        }
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        sha1.AppendData(head.AsSpan(FieldsStart));
        sha1.AppendData(Hashes.Span);
        sha1.AppendData(State.Span);
        sha1.AppendData(Tail.Span);
        sha1.GetHashAndReset().AsSpan(0, CheckBytes).CopyTo(head.AsSpan(Magic.Length));
        return new MemoryListStream(head, Hashes, State, Tail);
    }

    /// <exception cref="InvalidDataException">It is no checkpoint of such an upload.</exception>
    public static UploadCheckpoint Parse(ReadOnlyMemory<byte> blob, BlockPlan plan)
    {
        ReadOnlySpan<byte> bytes = blob.Span;
        Require(bytes.Length >= FieldsStart + FieldBytes && bytes.StartsWith(Magic));
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes[FieldsStart..], digest);
        Require(digest[..CheckBytes].SequenceEqual(bytes.Slice(Magic.Length, CheckBytes)));
        long offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[FieldsStart..]);
        Span<int> fields = stackalloc int[5];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(FieldsStart + sizeof(long) + i * sizeof(int))..]);
        (int staged, int stretches, int hashes, int state, int tail) = (
            fields[0],
            fields[1],
            fields[2],
            fields[3],
            fields[4]
        );
        Require(staged >= 0 && stretches >= 0 && hashes >= 0 && state >= 0 && tail >= 0);
        long start = FieldsStart + FieldBytes + (long)stretches * StretchBytes;
        Require(start + hashes + state + tail == bytes.Length);
        Require(offset >= 0 && offset <= plan.SizeBytes && staged <= plan.BlockCount && stretches <= staged);
        Require(stretches > 0 == staged > 0);
        long stagedEnd = Math.Min(plan.StartOf(staged), plan.SizeBytes);
        Require(offset <= stagedEnd ? tail == 0 && stagedEnd - offset < plan.BlockBytes : offset - stagedEnd == tail);
        Require(tail < plan.BlockBytes);
        return new UploadCheckpoint
        {
            Offset = offset,
            StagedBlocks = staged,
            Stretches = ReadStretches(bytes[(FieldsStart + FieldBytes)..(int)start], staged),
            Hashes = blob.Slice((int)start, hashes),
            State = blob.Slice((int)start + hashes, state),
            Tail = blob.Slice((int)start + hashes + state, tail),
        };
    }

    private static List<Stretch> ReadStretches(ReadOnlySpan<byte> bytes, int staged)
    {
        var stretches = new List<Stretch>();
        for (; !bytes.IsEmpty; bytes = bytes[StretchBytes..])
        {
            var stretch = new Stretch(
                BinaryPrimitives.ReadInt32LittleEndian(bytes),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(int)..])
            );
            Require(stretches.Count == 0 ? stretch.FirstBlock == 0 : stretch.FirstBlock > stretches[^1].FirstBlock);
            Require(stretch.FirstBlock < staged);
            stretches.Add(stretch);
        }
        return stretches;
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new InvalidDataException("The upload's journal is damaged.");
    }

    /// <param name="FirstBlock">Index of its first block.</param>
    /// <param name="Writer">Random, one for each time that an upload was opened and written.</param>
    internal readonly record struct Stretch(int FirstBlock, ulong Writer);
}

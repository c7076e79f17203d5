using System.Buffers;
using Distribution.BitTorrent.Wire;
using FsCheck;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Wire;

public sealed class PeerMessageTests
{
    private static readonly FrameLimits Limits = new() { PieceCount = 10 };

    [Theory]
    [InlineData("00000000", MessageType.KeepAlive)]
    [InlineData("0000000100", MessageType.Choke)]
    [InlineData("0000000101", MessageType.Unchoke)]
    [InlineData("0000000102", MessageType.Interested)]
    [InlineData("0000000103", MessageType.NotInterested)]
    [InlineData("000000010E", MessageType.HaveAll)]
    [InlineData("000000010F", MessageType.HaveNone)]
    public void Messages_without_a_body_are_read_and_written_as_the_BEPs_give_them(string hex, MessageType type)
    {
        byte[] frame = Convert.FromHexString(hex);
        Assert.Equal(
            FrameStatus.Complete,
            PeerMessage.TryRead(frame, Limits, out PeerMessage message, out int length, out _)
        );
        Assert.Equal(type, message.Type);
        Assert.Equal(frame.Length, length);

        var written = new byte[16];
        int count =
            type == MessageType.KeepAlive ? WireWriter.WriteKeepAlive(written) : WireWriter.WriteSignal(written, type);
        Assert.Equal(frame, written[..count]);
    }

    [Theory]
    [InlineData("000000050400000007", MessageType.Have, 7)]
    [InlineData("000000050D00000009", MessageType.SuggestPiece, 9)]
    [InlineData("000000051100000000", MessageType.AllowedFast, 0)]
    public void Messages_with_a_piece_index(string hex, MessageType type, int piece)
    {
        byte[] frame = Convert.FromHexString(hex);
        Assert.Equal(FrameStatus.Complete, PeerMessage.TryRead(frame, Limits, out PeerMessage message, out _, out _));
        Assert.Equal((type, piece), (message.Type, message.Block.Piece));
        var written = new byte[WireWriter.HaveBytes];
        WireWriter.WriteHave(written, piece, type);
        Assert.Equal(frame, written);
    }

    [Theory]
    [InlineData("0000000D06000000020000400000004000", MessageType.Request)]
    [InlineData("0000000D08000000020000400000004000", MessageType.Cancel)]
    [InlineData("0000000D10000000020000400000004000", MessageType.RejectRequest)]
    public void Requests_cancels_and_rejects(string hex, MessageType type)
    {
        byte[] frame = Convert.FromHexString(hex);
        Assert.Equal(FrameStatus.Complete, PeerMessage.TryRead(frame, Limits, out PeerMessage message, out _, out _));
        Assert.Equal(type, message.Type);
        Assert.Equal(new BlockRequest(2, 16384, 16384), message.Block);
        var written = new byte[WireWriter.RequestBytes];
        WireWriter.WriteRequest(written, type, message.Block);
        Assert.Equal(frame, written);
    }

    [Fact]
    public void A_piece_carries_its_block()
    {
        byte[] frame = Convert.FromHexString("0000000C070000000100000002ABCDEF");
        Assert.Equal(FrameStatus.Complete, PeerMessage.TryRead(frame, Limits, out PeerMessage message, out _, out _));
        Assert.Equal(new BlockRequest(1, 2, 3), message.Block);
        Assert.Equal("ABCDEF", Convert.ToHexString(message.Payload));
        var header = new byte[WireWriter.PieceHeaderBytes];
        WireWriter.WritePieceHeader(header, message.Block);
        Assert.Equal(frame[..13], header);
    }

    [Theory]
    [InlineData("000000020000", WireError.WrongLength)] // choke with a body
    [InlineData("0000000404000000", WireError.WrongLength)]
    [InlineData("00000005040000000A", WireError.PieceOutOfRange)]
    [InlineData("0000000504FFFFFFFF", WireError.PieceOutOfRange)]
    [InlineData("0000000D06000000018000000000004000", WireError.NumberTooLarge)]
    [InlineData("0000000D060000000100000000FFFFFFFF", WireError.NumberTooLarge)]
    [InlineData("0000000205FF", WireError.WrongLength)] // ten pieces need two bytes
    [InlineData("0000000114", WireError.WrongLength)] // an extension message without its id
    [InlineData("FFFFFFFF", WireError.FrameTooLong)]
    [InlineData("7FFFFFFF07", WireError.FrameTooLong)]
    [InlineData("0000400A07", WireError.FrameTooLong)] // a block of 16 KiB and a byte, refused before it comes
    [InlineData("0002000114", WireError.FrameTooLong)]
    public void What_cannot_become_right_is_refused_at_once(string hex, WireError expected)
    {
        FrameStatus status = PeerMessage.TryRead(Convert.FromHexString(hex), Limits, out _, out _, out WireError error);
        Assert.Equal((FrameStatus.Invalid, expected), (status, error));
    }

    [Fact]
    public void Unknown_types_are_passed_over()
    {
        byte[] frame = Convert.FromHexString("00000003630102");
        Assert.Equal(
            FrameStatus.Complete,
            PeerMessage.TryRead(frame, Limits, out PeerMessage message, out int length, out _)
        );
        Assert.Equal((99, 7), ((int)message.Type, length));
    }

    [Property]
    public bool A_request_survives_the_wire(NonNegativeInt piece, NonNegativeInt offset, NonNegativeInt length)
    {
        var block = new BlockRequest(piece.Get, offset.Get, length.Get);
        Span<byte> frame = stackalloc byte[WireWriter.RequestBytes];
        WireWriter.WriteRequest(frame, MessageType.Request, block);
        return PeerMessage.TryRead(frame, new FrameLimits(), out PeerMessage message, out int read, out _)
                == FrameStatus.Complete
            && message.Block == block
            && read == frame.Length;
    }

    [Property]
    public bool A_frame_cut_short_is_incomplete_at_every_length(byte[] payload)
    {
        var output = new ArrayBufferWriter<byte>();
        WireWriter.WriteExtended(output, 3, payload);
        ReadOnlySpan<byte> frame = output.WrittenSpan;
        for (int cut = 0; cut < frame.Length; cut++)
        {
            if (PeerMessage.TryRead(frame[..cut], Limits, out _, out _, out _) != FrameStatus.Incomplete)
                return false;
        }
        return PeerMessage.TryRead(frame, Limits, out PeerMessage message, out int length, out _)
                == FrameStatus.Complete
            && length == frame.Length
            && message.ExtensionId == 3
            && message.Payload.SequenceEqual(payload);
    }

    [Property(MaxTest = 2000)]
    public bool Hostile_bytes_never_throw_and_never_reach_behind_the_frame(byte[] data, byte type, bool known)
    {
        // A plausible length and type in front, so that the bodies are reached too.
        byte[] framed = [0, 0, 0, (byte)(data.Length + 1), type, .. data];
        return Survives(data, known) && Survives(framed, known);
    }

    [Fact]
    public void Mutated_frames_never_throw()
    {
        var random = new Random(20261123);
        var output = new ArrayBufferWriter<byte>();
        var all = new Bitfield(10);
        all.SetAll();
        WireWriter.WriteBitfield(output, all);
        WireWriter.WriteExtended(output, 0, "d1:md11:ut_metadatai3eee"u8);
        WireWriter.WriteRequest(output.GetSpan(17), MessageType.Request, new BlockRequest(1, 2, 3));
        output.Advance(17);
        byte[] stream = output.WrittenSpan.ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] mutated = [.. stream];
            for (int i = random.Next(1, 4); i > 0; i--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            Assert.True(Survives(mutated, known: true));
        }
    }

    private static bool Survives(ReadOnlySpan<byte> data, bool known)
    {
        FrameLimits limits = known ? Limits : new FrameLimits();
        while (
            PeerMessage.TryRead(data, limits, out PeerMessage message, out int length, out WireError error)
                is var status
        )
        {
            if (status == FrameStatus.Invalid)
                return error != WireError.None;
            if (status == FrameStatus.Incomplete)
                return error == WireError.None && length > data.Length;
            if (length > data.Length || message.Payload.Length > length)
                return false;
            if (message.Type == MessageType.Bitfield)
                _ = Bitfield.TryParse(message.Payload, 10, out _, out _);
            if (message.Type == MessageType.Extended)
            {
                _ = ExtensionHandshake.TryParse(message.Payload.ToArray(), out _, out _);
                _ = MetadataMessage.TryParse(message.Payload, out _, out _);
            }
            data = data[length..];
        }
        return true;
    }
}

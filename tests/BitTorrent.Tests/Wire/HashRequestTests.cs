using System.Buffers;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Tests.Wire;

public sealed class HashRequestTests
{
    private static readonly FrameLimits Limits = new() { PieceCount = 10, MaxBlockBytes = 0 };
    private static readonly string Root = string.Concat(Enumerable.Repeat("AB", 32));
    private static readonly HashRequest Request = new(new MerkleHash(Convert.FromHexString(Root)), 2, 512, 64, 5);

    [Theory]
    [InlineData("15", MessageType.HashRequest)]
    [InlineData("17", MessageType.HashReject)]
    public void Requests_and_rejects_are_read_and_written_as_BEP_52_gives_them(string id, MessageType type)
    {
        byte[] frame = Convert.FromHexString($"00000031{id}{Root}00000002000002000000004000000005");
        Assert.Equal(
            FrameStatus.Complete,
            PeerMessage.TryRead(frame, Limits, out PeerMessage message, out int length, out _)
        );
        Assert.Equal((type, frame.Length), (message.Type, length));
        Assert.True(HashRequest.TryParse(message.Payload, out HashRequest read));
        Assert.Equal(Request, read);

        var written = new ArrayBufferWriter<byte>();
        WireWriter.WriteHashRequest(written, type, Request);
        Assert.Equal(frame, written.WrittenSpan.ToArray());
    }

    [Fact]
    public void Hashes_follow_the_request_that_they_answer()
    {
        byte[] hashes = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
        var written = new ArrayBufferWriter<byte>();
        WireWriter.WriteHashes(written, Request, hashes);
        Assert.Equal(
            FrameStatus.Complete,
            PeerMessage.TryRead(written.WrittenSpan, Limits, out PeerMessage message, out _, out _)
        );
        Assert.Equal(MessageType.Hashes, message.Type);
        Assert.True(HashRequest.TryParse(message.Payload[..HashRequest.LengthBytes], out HashRequest read));
        Assert.Equal(Request, read);
        Assert.Equal(hashes, message.Payload[HashRequest.LengthBytes..].ToArray());
    }

    [Theory]
    [InlineData("0000003015", WireError.WrongLength)] // a request that is a byte short
    [InlineData("0000003215", WireError.FrameTooLong)]
    [InlineData("0000003017", WireError.WrongLength)]
    [InlineData("0000003016", WireError.WrongLength)] // hashes without their request
    [InlineData("0002000116", WireError.FrameTooLong)]
    public void Wrong_lengths_are_refused_before_their_bodies_come(string hex, WireError expected)
    {
        FrameStatus status = PeerMessage.TryRead(Convert.FromHexString(hex), Limits, out _, out _, out WireError error);
        Assert.Equal((FrameStatus.Invalid, expected), (status, error));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Numbers_that_no_tree_has_are_no_request(int field)
    {
        var body = new byte[HashRequest.LengthBytes];
        Request.Write(body);
        Assert.True(HashRequest.TryParse(body, out _));
        body[MerkleHash.LengthBytes + 4 * field] = 0x80;
        Assert.False(HashRequest.TryParse(body, out _));
        Assert.False(HashRequest.TryParse(body.AsSpan(1), out _));
    }
}

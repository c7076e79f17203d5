using System.Buffers;
using System.Text;
using Distribution.BitTorrent.Wire;
using FsCheck;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Wire;

public sealed class ExtensionTests
{
    [Fact]
    public void BEP_10s_own_example_is_read()
    {
        byte[] example = "d1:md11:LT_metadatai1e6:\u00b5T_PEXi2ee1:pi6881e1:v13:\u00c2\u00b5Torrent 1.2e"
            .Select(character => (byte)character)
            .ToArray();
        Assert.True(ExtensionHandshake.TryParse(example, out ExtensionHandshake? handshake, out _));
        Assert.Equal(6881, handshake!.ListenPort);
        Assert.Equal(0, handshake.MetadataId);
        Assert.Equal("\u00b5Torrent 1.2", handshake.Client);
    }

    [Fact]
    public void BEP_9s_own_examples_are_read_and_written()
    {
        Assert.True(
            ExtensionHandshake.TryParse(
                "d1:md11:ut_metadatai3ee13:metadata_sizei31235ee"u8.ToArray(),
                out ExtensionHandshake? handshake,
                out _
            )
        );
        Assert.Equal(3, handshake!.MetadataId);
        Assert.Equal(31235, handshake.MetadataSizeBytes);

        Check("d8:msg_typei0e5:piecei0ee", new MetadataMessage(MetadataMessageType.Request, 0));
        Check("d8:msg_typei2e5:piecei0ee", new MetadataMessage(MetadataMessageType.Reject, 0));
        Check(
            "d8:msg_typei1e5:piecei0e10:total_sizei34256eexxxxxxxx",
            new MetadataMessage(MetadataMessageType.Data, 0, 34256, "xxxxxxxx"u8)
        );

        static void Check(string text, MetadataMessage expected)
        {
            var output = new ArrayBufferWriter<byte>();
            expected.Write(output);
            Assert.Equal(text, Encoding.ASCII.GetString(output.WrittenSpan));
            Assert.True(MetadataMessage.TryParse(output.WrittenSpan, out MetadataMessage read, out _));
            Assert.Equal(
                (expected.Type, expected.Piece, expected.TotalSizeBytes),
                (read.Type, read.Piece, read.TotalSizeBytes)
            );
            Assert.True(read.Data.SequenceEqual(expected.Data));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("de")]
    [InlineData("le")]
    [InlineData("d8:msg_typei3e5:piecei0ee")]
    [InlineData("d8:msg_typei0e5:piecei-1ee")]
    [InlineData("d8:msg_typei0e5:piecei99999999999ee")]
    [InlineData("d8:msg_typei0e5:piece")]
    public void A_metadata_message_that_is_none_is_refused(string text) =>
        Assert.False(MetadataMessage.TryParse(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void Values_out_of_range_count_as_not_there()
    {
        byte[] odd = "d1:md11:ut_metadatai300ee13:metadata_sizei-1e1:pi70000e4:reqq3:abc1:vi1ee"u8.ToArray();
        Assert.True(ExtensionHandshake.TryParse(odd, out ExtensionHandshake? handshake, out _));
        Assert.Equal(new ExtensionHandshake(), handshake);
    }

    [Property]
    public bool An_extension_handshake_survives_the_wire(
        byte metadata,
        byte dontHave,
        ushort port,
        NonNegativeInt depth,
        NonNegativeInt size,
        bool uploadOnly
    )
    {
        var sent = new ExtensionHandshake
        {
            MetadataId = metadata,
            DontHaveId = dontHave,
            ListenPort = port,
            RequestQueueDepth = depth.Get,
            MetadataSizeBytes = size.Get,
            UploadOnly = uploadOnly,
            Client = "Distribution 0.1",
        };
        var output = new ArrayBufferWriter<byte>();
        sent.Write(output);
        return ExtensionHandshake.TryParse(output.WrittenMemory, out ExtensionHandshake? read, out _) && read == sent;
    }
}

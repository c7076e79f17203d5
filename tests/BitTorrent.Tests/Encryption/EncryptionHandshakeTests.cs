using System.Buffers;
using System.Security.Cryptography;
using Distribution.BitTorrent.Encryption;
using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Tests.Encryption;

public sealed class EncryptionHandshakeTests
{
    private const EncryptionMethod Both = EncryptionMethod.Plaintext | EncryptionMethod.Rc4;

    private static readonly InfoHash _torrent = InfoHash.Parse("0123456789abcdef0123456789abcdef01234567");
    private static readonly InfoHash _mark = EncryptionKeys.TorrentMark(_torrent);
    private static readonly byte[] _first = RandomNumberGenerator.GetBytes(Handshake.LengthBytes);

    [Theory]
    [InlineData(Both, Both, EncryptionMethod.Plaintext)]
    [InlineData(EncryptionMethod.Rc4, Both, EncryptionMethod.Rc4)]
    [InlineData(Both, EncryptionMethod.Rc4, EncryptionMethod.Rc4)]
    [InlineData(EncryptionMethod.Plaintext, Both, EncryptionMethod.Plaintext)]
    [InlineData(Both | (EncryptionMethod)0x100, Both, EncryptionMethod.Plaintext)]
    public void Both_sides_agree_and_talk_in_pieces_of_any_size(
        EncryptionMethod offered,
        EncryptionMethod allowed,
        EncryptionMethod agreed
    )
    {
        // Padding is of random length, so again and again; a byte at a time among them.
        for (int round = 0; round < 12; round++)
        {
            int most =
                round % 3 == 0 ? 1
                : round % 3 == 1 ? 50
                : 5000;
            var initiator = new Side(new EncryptionInitiator(_torrent, offered, _first));
            var responder = new Side(new EncryptionResponder(allowed, Find));
            ((EncryptionInitiator)initiator.Handshake).Start(initiator.Output);
            byte[] question = RandomNumberGenerator.GetBytes(3000);
            byte[] answer = RandomNumberGenerator.GetBytes(3000);
            initiator.ToSay = question;
            responder.ToSay = answer;
            while (initiator.Heard.Count < answer.Length || responder.Heard.Count < _first.Length + question.Length)
            {
                initiator.Transfer(responder, most);
                responder.Transfer(initiator, most);
            }
            Assert.Equal(agreed, initiator.Handshake.Method);
            Assert.Equal(agreed, responder.Handshake.Method);
            Assert.Equal(_torrent, responder.Handshake.InfoHash);
            Assert.Equal(answer, initiator.Heard);
            Assert.Equal([.. _first, .. question], responder.Heard);
            Assert.Equal(agreed == EncryptionMethod.Plaintext, initiator.Handshake.Outgoing!.IsPlain);
            Assert.Equal(agreed == EncryptionMethod.Plaintext, responder.Handshake.Outgoing!.IsPlain);
        }
    }

    [Theory]
    [InlineData(EncryptionMethod.Plaintext, EncryptionMethod.Rc4)]
    [InlineData(EncryptionMethod.Rc4, EncryptionMethod.Plaintext)]
    [InlineData((EncryptionMethod)0x100, Both)]
    public void Without_a_common_method_the_responder_ends_it(EncryptionMethod offered, EncryptionMethod allowed) =>
        Assert.Equal(EncryptionError.NoCommonMethod, ErrorOfResponder(offered, allowed, Find));

    [Fact]
    public void A_torrent_that_is_not_here_is_refused() =>
        Assert.Equal(EncryptionError.UnknownTorrent, ErrorOfResponder(Both, Both, _ => null));

    [Fact]
    public void A_start_mark_is_found_behind_any_padding_up_to_512_bytes_and_not_behind_more()
    {
        // Which of 513 lengths a side draws is its own affair, so the padding is added by hand.
        for (int extra = 0; extra <= 1100; extra += extra < 20 ? 1 : 60)
        {
            var initiator = new EncryptionInitiator(_torrent, Both, _first);
            var responder = new EncryptionResponder(Both, Find);
            var (said, answered) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
            initiator.Start(said);
            int padding = said.WrittenCount - KeyExchange.KeyBytes + extra;
            byte[] opening = [.. said.WrittenSpan, .. new byte[extra]];
            Assert.Equal(
                padding >= EncryptionHandshake.MaxPaddingBytes + 20 ? FrameStatus.Invalid : FrameStatus.Incomplete,
                responder.Read(opening, answered, out int consumed)
            );
            if (responder.Error != EncryptionError.None)
            {
                Assert.Equal(EncryptionError.NotSynchronised, responder.Error);
                continue;
            }
            said.ResetWrittenCount();
            initiator.Read(answered.WrittenSpan, said, out _);
            byte[] rest = [.. opening[consumed..], .. said.WrittenSpan];
            Assert.Equal(
                padding <= EncryptionHandshake.MaxPaddingBytes ? FrameStatus.Complete : FrameStatus.Invalid,
                responder.Read(rest, answered, out _)
            );
        }
    }

    [Fact]
    public void An_answer_that_never_verifies_ends_the_initiator_after_the_longest_padding()
    {
        var initiator = new EncryptionInitiator(_torrent, Both, _first);
        var output = new ArrayBufferWriter<byte>();
        var key = new byte[KeyExchange.KeyBytes];
        new KeyExchange().WritePublicKey(key);
        Assert.Equal(FrameStatus.Incomplete, initiator.Read(key, output, out _));
        var unread = new List<byte>();
        int sent = 0;
        FrameStatus status;
        do
        {
            unread.AddRange(RandomNumberGenerator.GetBytes(3));
            status = initiator.Read(unread.ToArray(), output, out int consumed);
            unread.RemoveRange(0, consumed);
            sent += 3;
        } while (status == FrameStatus.Incomplete && sent < 10_000);
        Assert.Equal(FrameStatus.Invalid, status);
        Assert.Equal(EncryptionError.NotSynchronised, initiator.Error);
        Assert.InRange(sent, EncryptionHandshake.MaxPaddingBytes + 8, EncryptionHandshake.MaxPaddingBytes + 11);
    }

    [Fact]
    public void Keys_that_give_the_secret_away_are_refused_on_both_sides()
    {
        var zeros = new byte[KeyExchange.KeyBytes];
        EncryptionHandshake[] sides =
        [
            new EncryptionInitiator(_torrent, Both, _first),
            new EncryptionResponder(Both, Find),
        ];
        foreach (EncryptionHandshake side in sides)
        {
            Assert.Equal(FrameStatus.Invalid, side.Read(zeros, new ArrayBufferWriter<byte>(), out _));
            Assert.Equal(EncryptionError.WeakKey, side.Error);
            Assert.Throws<InvalidOperationException>(() => side.Read(zeros, new ArrayBufferWriter<byte>(), out _));
        }
    }

    [Fact]
    public void Changed_bytes_never_throw_never_complete_the_responder_wrongly_and_hold_its_bounds()
    {
        var random = new Random(7);
        int failed = 0;
        for (int round = 0; round < 300; round++)
        {
            var initiator = new EncryptionInitiator(_torrent, Both, _first);
            var responder = new EncryptionResponder(Both, Find);
            var (said, answered) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
            initiator.Start(said);
            byte[] opening = Change(said.WrittenSpan, random, round % 2 == 0);
            var unread = new List<byte>();
            FrameStatus status = Feed(responder, unread, opening, answered, random);
            if (status == FrameStatus.Incomplete)
            {
                said.ResetWrittenCount();
                if (initiator.Read(answered.WrittenSpan, said, out _) != FrameStatus.Invalid)
                    status = Feed(
                        responder,
                        unread,
                        Change(said.WrittenSpan, random, round % 2 == 1),
                        answered,
                        random
                    );
            }
            // Noise for ever.
            for (int more = 0; more < 20 && status == FrameStatus.Incomplete; more++)
            {
                var noise = new byte[200];
                random.NextBytes(noise);
                status = Feed(responder, unread, noise, answered, random);
            }
            Assert.InRange(answered.WrittenCount, 0, 700);
            Assert.NotEqual(FrameStatus.Incomplete, status);
            failed += status == FrameStatus.Invalid ? 1 : 0;
        }
        Assert.InRange(failed, 1, 300);
    }

    private static InfoHash? Find(InfoHash mark) => mark == _mark ? _torrent : null;

    private static EncryptionError ErrorOfResponder(
        EncryptionMethod offered,
        EncryptionMethod allowed,
        Func<InfoHash, InfoHash?> find
    )
    {
        var initiator = new Side(new EncryptionInitiator(_torrent, offered, _first));
        var responder = new Side(new EncryptionResponder(allowed, find));
        ((EncryptionInitiator)initiator.Handshake).Start(initiator.Output);
        initiator.Transfer(responder, 5000);
        responder.Transfer(initiator, 5000);
        initiator.Transfer(responder, 5000);
        Assert.Equal(EncryptionMethod.None, responder.Handshake.Method);
        return responder.Handshake.Error;
    }

    private static byte[] Change(ReadOnlySpan<byte> bytes, Random random, bool really)
    {
        byte[] changed = bytes.ToArray();
        for (int times = really ? random.Next(1, 4) : 0; times > 0; times--)
        {
            int at = random.Next(changed.Length);
            switch (random.Next(3))
            {
                case 0:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed = [.. changed[..at], .. changed[(at + 1)..]];
                    break;
                default:
                    changed = [.. changed[..at], (byte)random.Next(256), .. changed[at..]];
                    break;
            }
        }
        return changed;
    }

    private static FrameStatus Feed(
        EncryptionHandshake side,
        List<byte> unread,
        byte[] bytes,
        ArrayBufferWriter<byte> output,
        Random random
    )
    {
        FrameStatus status = FrameStatus.Incomplete;
        for (int at = 0; at < bytes.Length && status == FrameStatus.Incomplete; )
        {
            int count = Math.Min(random.Next(1, 400), bytes.Length - at);
            unread.AddRange(bytes.AsSpan(at, count));
            at += count;
            status = side.Read(unread.ToArray(), output, out int consumed);
            Assert.InRange(consumed, 0, unread.Count);
            unread.RemoveRange(0, consumed);
            if (status == FrameStatus.Incomplete)
                Assert.InRange(unread.Count, 0, EncryptionHandshake.MaxUnconsumedBytes - 1);
        }
        return status;
    }

    /// <summary>One end: a handshake, then a stream of its own.</summary>
    private sealed class Side(EncryptionHandshake handshake)
    {
        private readonly List<byte> _unread = [];
        private int _sent;
        private byte[]? _toSay;

        public EncryptionHandshake Handshake => handshake;

        public ArrayBufferWriter<byte> Output { get; } = new();

        public List<byte> Heard { get; } = [];

        public byte[] ToSay
        {
            set => _toSay = value;
        }

        /// <summary>Moves at most so many of what this side has said.</summary>
        public void Transfer(Side other, int most)
        {
            int count = Math.Min(most, Output.WrittenCount - _sent);
            other.Receive(Output.WrittenSpan.Slice(_sent, count));
            _sent += count;
        }

        private void Receive(ReadOnlySpan<byte> bytes)
        {
            if (handshake.Error != EncryptionError.None)
                return;
            _unread.AddRange(bytes);
            if (handshake.Method == EncryptionMethod.None)
            {
                handshake.Read(_unread.ToArray(), Output, out int consumed);
                _unread.RemoveRange(0, consumed);
                if (handshake.Error == EncryptionError.None)
                    Assert.True(
                        handshake.Method != EncryptionMethod.None
                            || _unread.Count < EncryptionHandshake.MaxUnconsumedBytes
                    );
            }
            if (handshake.Method == EncryptionMethod.None)
                return;
            if (_toSay is not null)
            {
                handshake.Outgoing!.Apply(_toSay, Output.GetSpan(_toSay.Length));
                Output.Advance(_toSay.Length);
                _toSay = null;
            }
            byte[] plain = [.. _unread];
            handshake.Incoming!.Apply(plain, plain);
            Heard.AddRange(plain);
            _unread.Clear();
        }
    }
}

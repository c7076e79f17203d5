using System.Text.Json;

namespace Distribution.BitTorrent.Trackers;

/// <summary>Reads one message to a WebSocket tracker. Bounded by the message's length and depth; throws nothing.</summary>
internal ref struct SignallingReader(ReadOnlyMemory<byte> message, int maxOffers)
{
    private const int MaxDepth = 16;

    /// <summary>20 characters, each at its longest: <c>\u00ff</c>.</summary>
    private const int MaxIdBytes = 6 * PeerId.LengthBytes;

    /// <summary>Clients use 20 characters; this is what we carry for them, quotes included.</summary>
    private const int MaxOfferIdBytes = 256;

    private readonly ReadOnlyMemory<byte> _message = message;
    private readonly int _maxOffers = maxOffers;
    private Utf8JsonReader _json = new(message.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
    private string? _problem;
    private bool _hasPeerId;
    private PeerId? _to;
    private ReadOnlyMemory<byte> _answer;
    private ReadOnlyMemory<byte> _offerId;

    public SignallingRequest Request { get; private set; } = new();

    /// <summary>Null, or what is wrong. A later value of the same name counts, as in JavaScript.</summary>
    public string? Read()
    {
        try
        {
            if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
                return "a message is a JSON object";
            while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
                ReadProperty();
            // What comes after the object is refused by the reader.
            _json.Read();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is for strings that no text can be made of.
            return "a message is JSON";
        }
        return _problem ?? Check();
    }

    private string? Check()
    {
        if (Request.Action == SignallingAction.Unknown)
            return "unknown action";
        if (Request.InfoHashes.Count == 0)
            return TrackerQueryError.MissingInfoHash.Describe();
        if (Request.Action == SignallingAction.Scrape)
            return null;
        if (Request.InfoHashes.Count > 1)
            return TrackerQueryError.TooManyInfoHashes.Describe();
        if (!_hasPeerId)
            return TrackerQueryError.MissingPeerId.Describe();
        if (_answer.IsEmpty)
            return null;
        if (_to is not { } to)
            return "an answer needs to_peer_id";
        if (_offerId.IsEmpty)
            return "an answer needs offer_id";
        Request = Request with { Answer = new SignallingAnswer(to, _answer, _offerId) };
        return null;
    }

    private void ReadProperty()
    {
        if (Is("action"u8))
            ReadAction();
        else if (Is("info_hash"u8))
            ReadInfoHashes();
        else if (Is("peer_id"u8))
        {
            _hasPeerId = TryReadId(out PeerId id);
            Request = Request with { PeerId = id };
            Require(_hasPeerId, TrackerQueryError.InvalidPeerId.Describe());
        }
        else if (Is("to_peer_id"u8))
        {
            _to = TryReadId(out PeerId to) ? to : null;
            Require(_to is not null, "invalid to_peer_id: it has 20 characters");
        }
        else if (Is("event"u8))
            ReadEvent();
        else if (Is("uploaded"u8))
            Request = Request with { UploadedBytes = Math.Max(0, ReadNumber(0)) };
        else if (Is("downloaded"u8))
            Request = Request with { DownloadedBytes = Math.Max(0, ReadNumber(0)) };
        else if (Is("left"u8))
            Request = Request with { LeftBytes = ReadNumber(HttpAnnounceQuery.UnknownLeft) };
        else if (Is("numwant"u8))
        {
            long wanted = ReadNumber(-1);
            Request = Request with { NumWant = wanted < 0 ? null : (int)Math.Min(wanted, int.MaxValue) };
        }
        else if (Is("offers"u8))
            ReadOffers();
        else if (Is("answer"u8))
            _answer = ReadObject("invalid answer");
        else if (Is("offer_id"u8))
            _offerId = ReadOfferId();
        else
        {
            _json.Read();
            _json.Skip();
        }
    }

    /// <summary>At a name: is it this one?</summary>
    private readonly bool Is(ReadOnlySpan<byte> name) => _json.ValueTextEquals(name);

    private void ReadAction()
    {
        _json.Read();
        SignallingAction action = SignallingAction.Unknown;
        if (_json.TokenType == JsonTokenType.String)
        {
            action =
                _json.ValueTextEquals("announce"u8) ? SignallingAction.Announce
                : _json.ValueTextEquals("scrape"u8) ? SignallingAction.Scrape
                : SignallingAction.Unknown;
        }
        _json.Skip();
        Request = Request with { Action = action };
    }

    private void ReadInfoHashes()
    {
        var read = new List<InfoHash>(1);
        if (PeekIsArray())
        {
            while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            {
                if (read.Count == SignallingRequest.MaxInfoHashes)
                {
                    Require(false, TrackerQueryError.TooManyInfoHashes.Describe());
                    _json.Skip();
                }
                else
                    AddInfoHash(read);
            }
        }
        else
            AddInfoHash(read);
        Request = Request with { InfoHashes = read };
    }

    private void AddInfoHash(List<InfoHash> read)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.LengthBytes];
        if (TryCopyId(bytes))
            read.Add(new InfoHash(bytes));
        else
            Require(false, TrackerQueryError.InvalidInfoHash.Describe());
    }

    private bool TryReadId(out PeerId id)
    {
        _json.Read();
        Span<byte> bytes = stackalloc byte[PeerId.LengthBytes];
        bool read = TryCopyId(bytes);
        id = read ? new PeerId(bytes) : default;
        return read;
    }

    /// <summary>At a value: 20 characters of one byte each.</summary>
    private bool TryCopyId(scoped Span<byte> id)
    {
        if (_json.TokenType != JsonTokenType.String || _json.ValueSpan.Length > MaxIdBytes)
        {
            _json.Skip();
            return false;
        }
        Span<char> text = stackalloc char[MaxIdBytes];
        text = text[.._json.CopyString(text)];
        if (text.Length != id.Length || text.IndexOfAnyExceptInRange('\0', 'ÿ') >= 0)
            return false;
        for (int i = 0; i < id.Length; i++)
            id[i] = (byte)text[i];
        return true;
    }

    private void ReadEvent()
    {
        _json.Read();
        TrackerEvent? read =
            _json.TokenType == JsonTokenType.Null ? TrackerEvent.None
            : _json.TokenType != JsonTokenType.String ? null
            : _json.ValueTextEquals("started"u8) ? TrackerEvent.Started
            : _json.ValueTextEquals("completed"u8) ? TrackerEvent.Completed
            : _json.ValueTextEquals("stopped"u8) ? TrackerEvent.Stopped
            : _json.ValueTextEquals("paused"u8) ? TrackerEvent.Paused
            : _json.ValueTextEquals(""u8) || _json.ValueTextEquals("empty"u8) || _json.ValueTextEquals("update"u8)
                ? TrackerEvent.None
            : null;
        _json.Skip();
        Require(read is not null, TrackerQueryError.InvalidEvent.Describe());
        Request = Request with { Event = read ?? TrackerEvent.None };
    }

    /// <summary>What JavaScript cannot count exactly, or not at all, comes as a fraction or as null.</summary>
    private long ReadNumber(long unknown)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.Null)
            return unknown;
        if (_json.TokenType == JsonTokenType.Number)
        {
            if (_json.TryGetInt64(out long whole))
                return whole;
            if (_json.TryGetDouble(out double other))
            {
                return other >= long.MaxValue ? long.MaxValue
                    : other <= long.MinValue ? long.MinValue
                    : (long)other;
            }
        }
        _json.Skip();
        Require(false, TrackerQueryError.InvalidNumber.Describe());
        return unknown;
    }

    private void ReadOffers()
    {
        const string problem = "invalid offers";
        var read = new List<SignallingOffer>();
        if (!PeekIsArray())
        {
            Require(_json.TokenType == JsonTokenType.Null, problem);
            _json.Skip();
            return;
        }
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.StartObject || read.Count >= _maxOffers)
            {
                Require(_json.TokenType == JsonTokenType.StartObject, problem);
                _json.Skip();
                continue;
            }
            SignallingOffer offer = ReadOffer(problem);
            Require(!offer.Offer.IsEmpty && !offer.OfferId.IsEmpty, problem);
            read.Add(offer);
        }
        Request = Request with { Offers = read };
    }

    private SignallingOffer ReadOffer(string problem)
    {
        SignallingOffer read = default;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (Is("offer"u8))
                read = read with { Offer = ReadObject(problem) };
            else if (Is("offer_id"u8))
                read = read with { OfferId = ReadOfferId() };
            else
            {
                _json.Read();
                _json.Skip();
            }
        }
        return read;
    }

    /// <summary>The next value as it stands; empty for null.</summary>
    private ReadOnlyMemory<byte> ReadObject(string problem)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.StartObject)
            return ReadRaw();
        Require(_json.TokenType == JsonTokenType.Null, problem);
        _json.Skip();
        return default;
    }

    private ReadOnlyMemory<byte> ReadOfferId()
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.String && _json.ValueSpan.Length <= MaxOfferIdBytes)
            return ReadRaw();
        Require(_json.TokenType == JsonTokenType.Null, "invalid offer_id");
        _json.Skip();
        return default;
    }

    private ReadOnlyMemory<byte> ReadRaw()
    {
        int start = (int)_json.TokenStartIndex;
        _json.Skip();
        return _message[start..(int)_json.BytesConsumed];
    }

    private bool PeekIsArray()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.StartArray;
    }

    /// <summary>The first problem is told; reading goes on, so that the refusal can name the swarm.</summary>
    private void Require(bool met, string otherwise)
    {
        if (!met)
            _problem ??= otherwise;
    }
}

namespace Distribution.Silos.Swarms;

/// <summary>Endpoints in no order that anybody relies on, so that drawing some at random moves only those drawn.</summary>
internal sealed class PeerList
{
    private readonly List<PeerEndpoint> _items = [];

    public int Count => _items.Count;

    public PeerEndpoint this[int index] => _items[index];

    public void Add(PeerEndpoint item)
    {
        item.List = this;
        item.Slot = _items.Count;
        _items.Add(item);
    }

    public void Remove(PeerEndpoint item)
    {
        Swap(item.Slot, _items.Count - 1);
        _items.RemoveAt(_items.Count - 1);
        item.List = null;
    }

    /// <summary>Moves a random one of those at <paramref name="index"/> and behind it to <paramref name="index"/> (Fisher and Yates).</summary>
    public PeerEndpoint Draw(int index, Random random)
    {
        Swap(index, random.Next(index, _items.Count));
        return _items[index];
    }

    private void Swap(int left, int right)
    {
        (_items[left], _items[right]) = (_items[right], _items[left]);
        _items[left].Slot = left;
        _items[right].Slot = right;
    }
}

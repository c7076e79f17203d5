namespace Distribution.Silos.Swarms.Tables;

/// <summary>Its memory: one page that grows with a small swarm, then more of a fixed size.</summary>
internal sealed partial class FamilyPeers
{
    private void MakeRoom()
    {
        if (_recordPages is not null)
        {
            if (Count == _pages << PageShift)
                AddPage();
        }
        else if (Count == PageSize)
        {
            _recordPages = [_records];
            _endpointPages = [_endpoints];
            _pages = 1;
            AddPage();
        }
        else if (Count == _records.Length)
            ResizeFirstPage(Math.Min(PageSize, Count + Count / 2 + 1));
    }

    private void ReleaseRoom()
    {
        if (_recordPages is not null)
        {
            // One page stays spare, so that coming and going at its edge costs nothing.
            if (Count <= (_pages - 2) << PageShift)
            {
                _pages--;
                _recordPages[_pages] = [];
                _endpointPages![_pages] = [];
                if (_networkPages is not null)
                    _networkPages[_pages] = [];
            }
            if (Count <= PageSize / 2)
            {
                _records = _recordPages[0];
                _endpoints = _endpointPages![0];
                _networkPages = _networkPages is null ? null : [_networkPages[0]];
                _recordPages = null;
                _endpointPages = null;
                _pages = 0;
            }
        }
        else if (Count < _records.Length / 4)
            ResizeFirstPage(_records.Length / 2);
    }

    private void ResizeFirstPage(int size)
    {
        Array.Resize(ref _records, size);
        Array.Resize(ref _endpoints, size * _endpointBytes);
        if (_networkPages is not null)
            Array.Resize(ref _networkPages[0], size);
    }

    private void AddPage()
    {
        if (_pages == _recordPages!.Length)
        {
            // By a quarter: the arrays are small beside what they hold.
            int room = _pages + Math.Max(1, _pages / 4);
            _recordPages = Widen(_recordPages, room);
            _endpointPages = Widen(_endpointPages!, room);
            _networkPages = _networkPages is null ? null : Widen(_networkPages, room);
        }
        _recordPages[_pages] = new PeerRecord[PageSize];
        _endpointPages![_pages] = new byte[PageSize * _endpointBytes];
        if (_networkPages is not null)
            _networkPages[_pages] = new ushort[PageSize];
        _pages++;
    }

    private static T[][] Widen<T>(T[][] pages, int room)
    {
        var wider = new T[room][];
        pages.CopyTo(wider, 0);
        wider.AsSpan(pages.Length).Fill([]);
        return wider;
    }

    private ushort[][] MakeNetworkPages()
    {
        ushort[][] pages = Widen<ushort>([], _recordPages!.Length);
        for (int page = 0; page < _pages; page++)
            pages[page] = new ushort[PageSize];
        return pages;
    }
}

"""Word lists about names: parts of names, and what only looks like one.

All are in lower case, and folded (without accents) but for the last two.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))


SURNAMES = _words(
    """
    a alang arat au ayun ban be bling bui ca cam cao chau che chong chu co cu cut dam dang
    danh dao dau diep dieu dinh do doan dong duong eban giang giap ha hau ho hoang hoi hua
    huynh kbuor khong khuc khuong kieu kim kpa ksor la lai lam lang lau le lo luc luong luu
    ly ma mac mai mlo moong mua nay ngan nghiem ngo ngoc ngu nguyen nie ninh nong pham phan
    phi phu phung quach quang rmah ro sam siu son song sung ta tang tao thach thai thao thi
    thieu thoong tieu to tong tran trang tri trieu trinh truong tu ung uong van vang vi vo
    vu vuong vy y zoram
    """
)
"""Family names, those of minority peoples included."""

SYLLABLES = _words(
    """
    ai an anh bach do kinh ban bang bao bich bien binh ca cam can canh chau chi chien chieu chinh
    chung chuyen co cong cuc cuong cuu dac dai dan dang danh dao dat diem diep dieu dinh diu
    doan dong du duc dung duong duy duyen gia giang giap ha hai han hang hanh hao hau hien
    hiep hieu hoa hoai hoan hoang hoi hon hong hop huan hue hung huong huu huy huyen huynh
    kha khai khang khanh khoa khoi khue khuong kien kiet kieu kim ky lam lan lanh lap le
    lien lieu linh loan loc loi long luan luat luc luong luu ly mai man manh mi minh mo mong
    my nam nga ngan nghi nghia ngoc ngu nguyen nguyet nha nhan nhat nhi nhien nhu nhung nhut
    ninh non nu nuoc nuong oanh pha phan phat phi phong phu phuc phung phuoc phuong quach
    quan quang que quoc quy quyen quynh sa sang sao sau sen sinh son song suong tai tam tan
    tao tay thach thai tham than thang thanh thao the thi thien thiep thinh tho thoa thoai
    thoi thom thong thu thuan thuc thuy thuyen thy tien tiep tin tinh toai toan trai tram
    tran trang tri trieu trinh trong truc trung truong truyen tu tuan tue tung tuong tuyen
    tuyet ty ut uyen van vang vi vien viet vinh vu vui vuong vy xuan xuyen yen
    """
)
"""Syllables that given names and pen names are made of."""

PARTICLES = _words(
    """
    af al bin binti da de del della den der di dos du e el la le ten ter van von y
    """
)
"""Lower-case words inside foreign names."""

ACCOUNTS = _phrases(
    """
    admin | administrator | administrators | ban quan tri | bbt | bientap | dotnetnuke |
    drupal | host | joomla | manager | mediatech | moderator | news | nukeviet | portal |
    quan tri he thong | quan tri vien | quantri | quantrivien | root | sharepoint | site
    admin | super user | superuser | sysadmin | system | system account | user | users | web
    admin | webmaster | wordpress
    """
)
"""User names of systems."""

PLACEHOLDERS = _phrases(
    """
    an danh | anonymous | author | but danh | cap nhat | chua cap nhat | chua ro | dang cap
    nhat | guest | khach | khong ro | n/a | name | nguoi dang | no name | noname | none |
    null | tac gia | ten tac gia | undefined | unknown | {name}
    """
)
"""What templates and forms show where a name should stand."""

ROLES = _phrases(
    """
    b.b.t | b.t.v | b.t.v. | bai anh | ban bien tap | ban doc | ban thoi su | bbt | bien tap
    | bien tap vien | btv | c.t.v | c.t.v. | chuyen trang | cong tac vien | ctv | ctv. |
    editor | editorial board | newsroom | nhieu tac gia | nhom ctv | nhom p.v | nhom phong
    vien | nhom phong vien thuong tru | nhom pv | nhom tac gia | p v | p.v | p.v. | phong
    vien | phong vien thuong tru | pv | pv ctv | pv-ctv | pv. | reporter | s.t | st | staff
    | staff reporter | staff writer | suu tam | t.h | t/h | th | thuc hien | tin anh | tin
    bai | tin, anh | toa soan | tong hop
    """
)
"""Functions that are signed instead of a name."""

PLACES = _phrases(
    """
    an giang | bà rịa | bình dương | bình phước | bình thuận | bình định | bạc liêu | bắc
    giang | bắc kạn | bắc ninh | bến tre | campuchia | cao bằng | cà mau | cần thơ | gia lai
    | hoa kỳ | hà giang | hà nam | hà nội | hà tĩnh | hàn quốc | hòa bình | hưng yên | hải
    dương | hải phòng | hậu giang | hồ chí minh | khánh hòa | kiên giang | kon tum | lai
    châu | long an | lào | lào cai | lâm đồng | lạng sơn | nam định | nghệ an | nha trang |
    nhật bản | ninh bình | ninh thuận | phú quốc | phú thọ | phú yên | quy nhơn | quảng bình
    | quảng nam | quảng ngãi | quảng ninh | quảng trị | sài gòn | sóc trăng | sơn la | thanh
    hóa | thái bình | thái lan | thái nguyên | thừa thiên huế | tiền giang | trung quốc |
    trà vinh | tuyên quang | tây ninh | việt nam | vĩnh long | vĩnh phúc | vũng tàu | yên
    bái | điện biên | điện biên phủ | đà lạt | đà nẵng | đắk lắk | đắk nông | đồng khởi |
    đồng nai | đồng tháp | ấp bắc
    """
)
"""Provinces, towns and countries, all of which look like people. Here accents count: `Hải Đường`
is a name, `Hải Dương` a province."""

NOT_NAMES = _phrases(
    """
    afp | an ninh | an sinh | an toàn giao thông | ap | bbc | biển đảo | bnews | bình luận |
    bạn đọc | bản tin | bất động sản | cand | chia sẻ | chuyên đề | chính phủ | chính trị |
    clip | cnn | các tin khác | còn nữa | còn tiếp | công an nhân dân | công lý | công nghệ
    | công thương | cảm ơn | diễn đàn | du lịch | dân số | dân trí | dân tộc | ghi nhận ban
    đầu | gia đình | giao thông | giáo dục | giáo dục và thời đại | giải trí | gửi email |
    hà nội mới | hình ảnh | hết | in trang | infonet | khoa học | kinh tế | kinh tế đô thị |
    kính chào | kính thư | ký sự | kỳ cuối | lao động | liên hệ | liên quan | môi trường |
    ngân hàng | người lao động | nhân dân | nhân ái | nhịp cầu | nông nghiệp | nông nghiệp
    việt nam | nông thôn | nông thôn mới | nổi bật | pháp luật | phóng sự | phụ nữ | quay
    lại | quân đội nhân dân | quảng cáo | quốc phòng | quốc tế | qđnd | reuters | sài gòn
    giải phóng | sức khỏe | sức khỏe và đời sống | sức khỏe đời sống | sự kiện | tass | tham
    khảo | thanh niên | thân ái | thông báo | thư ngỏ | thế giới | thể thao | thị trường |
    thời sự | tin khác | tin liên quan | tin mới | tin nhanh | tin nóng | tin tổng hợp | tin
    tức | tiêu điểm | tiền phong | trang chủ | tri thức trẻ | trân trọng | trở về | ttxvn |
    tuổi trẻ | tài chính | tài nguyên môi trường | tân hoa xã | tôn giáo | từ khóa | từ
    thiện | video | video clip | vietnam+ | vietnamnet | vietnamplus | việc làm | vna |
    vnexpress | vov | vtc | vtv | văn hóa | văn nghệ | xem thêm | xin chào | xin cảm ơn |
    xinhua | xây dựng đảng | xã hội | y tế | zing | zing news | znews | ý kiến | đại biểu
    nhân dân | đại đoàn kết | đầu trang | đầu tư | đọc nhiều | đối ngoại | đời sống
    """
)
"""Section names, outlets and phrases of two or three words that look like names."""
